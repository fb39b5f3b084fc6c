using System.Numerics;

namespace Granary.Learning.Numerics;

/// <summary>xoshiro256** (Blackman and Vigna 2018), seeded by SplitMix64: the same numbers from the same seed everywhere and for ever.</summary>
public struct SeededRandom
{
    private ulong _a, _b, _c, _d;

    /// <param name="seed">Any number.</param>
    /// <param name="stream">Generators of different streams are independent: one per tree, per fold, per permutation.</param>
    public SeededRandom(long seed, long stream = 0)
    {
        var state = unchecked((ulong)seed * 0xD1342543DE82EF95UL + (ulong)stream * 0x9E3779B97F4A7C15UL + 0x632BE59BD9B4E019UL);
        _a = SplitMix(ref state);
        _b = SplitMix(ref state);
        _c = SplitMix(ref state);
        _d = SplitMix(ref state);
    }

    public ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0 … <paramref name="below"/> − 1 (the bias of at most below/2^32 is far below what a sample can see).</summary>
    public int Next(int below) => (int)(((NextBits() >> 32) * (ulong)below) >> 32);

    /// <summary>Standard normal, by the polar method.</summary>
    public double NextGaussian()
    {
        while (true)
        {
            var x = 2 * NextDouble() - 1;
            var y = 2 * NextDouble() - 1;
            var s = x * x + y * y;
            if (s is > 0 and < 1) return x * Math.Sqrt(-2 * PortableMath.Log(s) / s);
        }
    }

    /// <summary>A uniformly random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        var z = unchecked(state += 0x9E3779B97F4A7C15UL);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
        return z ^ (z >> 31);
    }
}
