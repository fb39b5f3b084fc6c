using System.Runtime.CompilerServices;

namespace Granary.Engine.Trading;

/// <summary>How many of a strategy's signals ended without a trade, by reason.</summary>
public readonly struct SignalEnds : IEquatable<SignalEnds>
{
    private readonly Counts _counts;

    private SignalEnds(in Counts counts) => _counts = counts;

    /// <param name="counts">One count for each <see cref="SignalEnd"/>, in its order.</param>
    /// <exception cref="ArgumentException">There are more or fewer counts than reasons.</exception>
    public SignalEnds(ReadOnlySpan<int> counts)
    {
        if (counts.Length != SignalEndTexts.Count)
            throw new ArgumentException($"there are {counts.Length} counts of ended signals, and this version knows {SignalEndTexts.Count} "
                + "reasons; run the same version everywhere", nameof(counts));
        counts.CopyTo(_counts);
    }

    internal int this[SignalEnd end] => _counts[(int)end];

    public int Total
    {
        get
        {
            var total = 0;
            foreach (var count in _counts) total += count;
            return total;
        }
    }

    internal SignalEnds Plus(SignalEnd end)
    {
        var counts = _counts;
        counts[(int)end]++;
        return new SignalEnds(counts);
    }

    /// <summary>Returns one count for each <see cref="SignalEnd"/>, in its order.</summary>
    public int[] ToArray() => ((ReadOnlySpan<int>)_counts).ToArray();

    public bool Equals(SignalEnds other) => ((ReadOnlySpan<int>)_counts).SequenceEqual(other._counts);

    public override bool Equals(object? obj) => obj is SignalEnds other && Equals(other);

    public override int GetHashCode() => Total;

    public static bool operator ==(SignalEnds left, SignalEnds right) => left.Equals(right);

    public static bool operator !=(SignalEnds left, SignalEnds right) => !left.Equals(right);

    public static SignalEnds operator +(SignalEnds a, SignalEnds b)
    {
        var sum = a._counts;
        for (var i = 0; i < SignalEndTexts.Count; i++) sum[i] += b._counts[i];
        return new SignalEnds(sum);
    }

    [InlineArray(SignalEndTexts.Count)]
    private struct Counts
    {
        private int _first;
    }
}
