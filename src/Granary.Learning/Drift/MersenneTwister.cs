namespace Granary.Learning.Drift;

/// <summary>
/// MT19937 (Matsumoto and Nishimura 1998), with the seeding and sampling of Python's <c>random.Random</c>, so samples and drifts equal
/// those of river. All other code uses <see cref="Engine.Numerics.PortableRandom"/>.
/// </summary>
internal sealed class MersenneTwister
{
    private const int Length = 624, Offset = 397;
    private readonly uint[] _state = new uint[Length];
    private int _next = Length;

    /// <param name="seed">Its sign is ignored.</param>
    public MersenneTwister(long seed)
    {
        var size = (ulong)Math.Abs((decimal)seed);
        uint[] key = size >> 32 == 0 ? [(uint)size] : [(uint)size, (uint)(size >> 32)];
        _state[0] = 19650218;
        for (var i = 1; i < Length; i++) _state[i] = 1812433253 * (_state[i - 1] ^ _state[i - 1] >> 30) + (uint)i;
        var at = 1;
        for (var k = 0; k < Length; k++)
        {
            _state[at] = (_state[at] ^ (_state[at - 1] ^ _state[at - 1] >> 30) * 1664525) + key[k % key.Length] + (uint)(k % key.Length);
            at = Following(at);
        }
        for (var k = 0; k < Length - 1; k++)
        {
            _state[at] = (_state[at] ^ (_state[at - 1] ^ _state[at - 1] >> 30) * 1566083941) - (uint)at;
            at = Following(at);
        }
        _state[0] = 0x80000000;
    }

    /// <summary>Draws different numbers from 0 to <paramref name="count"/> − 1, in the order of drawing.</summary>
    /// <param name="target">At most <paramref name="count"/> long.</param>
    /// <param name="scratch">At least <paramref name="count"/> long.</param>
    public void Sample(int count, Span<int> target, Span<int> scratch)
    {
        // Python keeps the drawn numbers in a set if that needs less memory than a list of all.
        var listed = 21;
        if (target.Length > 5)
            for (var power = 4; ; power *= 4)
                if (power >= target.Length * 3)
                {
                    listed += power;
                    break;
                }
        if (count <= listed)
        {
            for (var i = 0; i < count; i++) scratch[i] = i;
            for (var i = 0; i < target.Length; i++)
            {
                var drawn = Below(count - i);
                target[i] = scratch[drawn];
                scratch[drawn] = scratch[count - i - 1];
            }
            return;
        }
        for (var i = 0; i < target.Length; i++)
        {
            int drawn;
            do drawn = Below(count);
            while (target[..i].Contains(drawn));
            target[i] = drawn;
        }
    }

    private int Below(int bound)
    {
        var bits = 32 - int.LeadingZeroCount(bound);
        uint drawn;
        do drawn = Next() >> 32 - bits;
        while (drawn >= bound);
        return (int)drawn;
    }

    private int Following(int at)
    {
        if (++at < Length) return at;
        _state[0] = _state[Length - 1];
        return 1;
    }

    private uint Next()
    {
        if (_next == Length)
        {
            for (var i = 0; i < Length; i++)
            {
                var mixed = _state[i] & 0x80000000 | _state[(i + 1) % Length] & 0x7fffffff;
                _state[i] = _state[(i + Offset) % Length] ^ mixed >> 1 ^ (mixed % 2 == 0 ? 0 : 0x9908b0df);
            }
            _next = 0;
        }
        var y = _state[_next++];
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c5680;
        y ^= y << 15 & 0xefc60000;
        return y ^ y >> 18;
    }
}
