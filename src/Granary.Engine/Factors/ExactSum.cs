using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Engine.Factors;

/// <summary>
/// A sum to which values are added and from which they are taken away again without drift: decimal prices in whole ticks, others as they are,
/// each with what rounding loses kept beside it. Its mean is correctly rounded, so that two averages are equal exactly when they are equal on paper.
/// </summary>
/// <remarks>Knuth's two-sum, the errors summed apart (Neumaier 1974): whole ticks are exact to 2¹⁰⁶, other prices to some thirty digits.</remarks>
public struct ExactSum
{
    private readonly double _scale;
    private readonly bool _isDecimal;
    private double _high, _low;

    /// <param name="decimals">The most decimals of a value; negative where values are not decimal.</param>
    public ExactSum(int decimals)
    {
        _isDecimal = decimals is >= 0 and <= 9;
        _scale = _isDecimal ? Math.Pow(10, decimals) : 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value) => Plus(Units(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Remove(double value) => Plus(-Units(value));

    /// <summary>The sum divided by <paramref name="count"/>, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly double Mean(int count) => Quotient(_high, _low, _scale * count);

    /// <summary>What is summed in place of a value: its whole ticks, or itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly double Units(double value) => _isDecimal ? Math.Round(value * _scale) : value;

    /// <summary>Adds what <see cref="Units"/> gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Plus(double units)
    {
        var sum = _high + units;
        var t = sum - _high;
        _low += (_high - (sum - t)) + (units - t);
        _high = sum;
    }

    /// <summary>Adds the newest and takes the oldest away: the difference with its error first, so that only one addition waits for the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Replace(double oldest, double newest)
    {
        var difference = newest - oldest;
        var t = difference - newest;
        var sum = _high + difference;
        var u = sum - _high;
        _low += ((newest - (difference - t)) - (oldest + t)) + ((_high - (sum - u)) + (difference - u));
        _high = sum;
    }

    /// <summary>Whether sums of prices below a million, times <paramref name="weight"/>, are whole ticks that a double holds: below 2⁵³.</summary>
    internal static bool FitsDouble(int decimals, double weight) => decimals is >= 0 and <= 9 && 1e6 * Math.Pow(10, decimals) * weight < 1L << 53;

    /// <summary>The whole ticks of a run of decimal values.</summary>
    internal static void ToTicks(ReadOnlySpan<double> values, double scale, Span<double> results)
    {
        if (results.Length != values.Length) throw new ArgumentException("as many results as values", nameof(results));
        ref var from = ref MemoryMarshal.GetReference(values);
        ref var to = ref MemoryMarshal.GetReference(results);
        var i = 0;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count) Vector.Round(Vector.LoadUnsafe(ref from, (nuint)i) * scale).StoreUnsafe(ref to, (nuint)i);
        for (; i < values.Length; i++) results[i] = Math.Round(values[i] * scale);
    }

    /// <summary>A run of values, each divided by the same.</summary>
    internal static void Divide(Span<double> values, double divisor)
    {
        ref var value = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count) (Vector.LoadUnsafe(ref value, (nuint)i) / new Vector<double>(divisor)).StoreUnsafe(ref value, (nuint)i);
        for (; i < values.Length; i++) values[i] /= divisor;
    }

    /// <summary>(high + low) / divisor, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Quotient(double high, double low, double divisor)
    {
        var quotient = high / divisor;
        // Divided, not multiplied by an inverse: the mean of two neighbouring doubles lies exactly half-way, and must be seen to.
        return quotient + (Math.FusedMultiplyAdd(-quotient, divisor, high) + low) / divisor;
    }
}
