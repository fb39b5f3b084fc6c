using System.Numerics;

namespace Granary.Engine.Numerics;

/// <summary>
/// A random number generator that gives the same numbers on every machine: xoshiro256** (Blackman and Vigna 2018), seeded by
/// <see cref="SplitMix64"/>. It is a value type: pass it by reference, since a copy repeats the numbers of the original.
/// </summary>
public struct PortableRandom
{
    private ulong _a, _b, _c, _d;

    /// <param name="seed">Any number.</param>
    /// <param name="stream">Generators of different streams are independent: one per tree, per fold, per permutation.</param>
    public PortableRandom(long seed, long stream = 0)
        : this(unchecked((ulong)seed * 0xD1342543DE82EF95UL + (ulong)stream * 0x9E3779B97F4A7C15UL + 0x632BE59BD9B4E019UL))
    {
    }

    private PortableRandom(ulong state)
    {
        _a = SplitMix64.Next(ref state);
        _b = SplitMix64.Next(ref state);
        _c = SplitMix64.Next(ref state);
        _d = SplitMix64.Next(ref state);
    }

    /// <summary>The generator as published, seeded without streams.</summary>
    public static PortableRandom FromState(ulong state) => new(state);

    /// <summary>Writes the state, four numbers. <see cref="FromSaved"/> continues the sequence from it.</summary>
    public readonly void Save(Span<ulong> target)
    {
        target[0] = _a;
        target[1] = _b;
        target[2] = _c;
        target[3] = _d;
    }

    /// <summary>Restores the generator whose state <see cref="Save"/> wrote.</summary>
    public static PortableRandom FromSaved(ReadOnlySpan<ulong> saved) =>
        new() { _a = saved[0], _b = saved[1], _c = saved[2], _d = saved[3] };

    /// <summary>Derives a seed for each name, so an added name does not change the others (FNV-1a over UTF-16).</summary>
    public static ulong SeedFor(ulong seed, string name)
    {
        var hash = 14695981039346656037UL ^ SplitMix64.Mix(seed);
        foreach (var c in name)
        {
            hash = (hash ^ (byte)c) * 1099511628211UL;
            hash = (hash ^ (byte)(c >> 8)) * 1099511628211UL;
        }
        return hash;
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
    public double NextDouble() => SplitMix64.ToUnit(NextBits());

    /// <summary>Uniform in 0 … <paramref name="below"/> − 1. The bias is at most below/2^32, far below what a sample can show.</summary>
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
}
