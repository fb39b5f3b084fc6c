namespace Granary.Recompute.Tests.Figures;

/// <summary>The random numbers that docs/resampling.md describes: SplitMix64 and xoshiro256**.</summary>
internal static class DocumentedRandom
{
    public static ulong Mix(ulong state)
    {
        var z = state + 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }

    /// <summary>Uniform numbers of SplitMix64 from a state on.</summary>
    public static Func<double> SplitMix(ulong state) => () =>
    {
        var bits = Mix(state);
        state += 0x9E3779B97F4A7C15;
        return (bits >> 11) / 9007199254740992.0;
    };

    /// <summary>The bits of xoshiro256** of a seed and a stream.</summary>
    public static Func<ulong> Xoshiro(ulong seed, ulong stream)
    {
        var state = seed * 0xD1342543DE82EF95 + stream * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019;
        var s = new ulong[4];
        for (var i = 0; i < 4; i++, state += 0x9E3779B97F4A7C15) s[i] = Mix(state);
        return () =>
        {
            var five = s[1] * 5;
            var result = (five << 7 | five >> 57) * 9;
            var t = s[1] << 17;
            s[2] ^= s[0];
            s[3] ^= s[1];
            s[1] ^= s[2];
            s[0] ^= s[3];
            s[2] ^= t;
            s[3] = s[3] << 45 | s[3] >> 19;
            return result;
        };
    }

    /// <summary>The seed of a name: FNV-1a over its UTF-16, from the mixed seed.</summary>
    public static ulong Named(ulong seed, string name)
    {
        var hash = 14695981039346656037 ^ Mix(seed);
        foreach (var b in System.Text.Encoding.Unicode.GetBytes(name)) hash = (hash ^ b) * 1099511628211;
        return hash;
    }
}
