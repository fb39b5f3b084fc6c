using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Factors.Kernels;

/// <summary>
/// A sum to which values are added and from which they are taken away again without drift: decimal prices in whole ticks, others as they
/// are, each with what rounding loses kept beside it. Its mean is correctly rounded, so that two averages are equal exactly when they are
/// equal on paper.
/// </summary>
/// <remarks>
/// Knuth's two-sum, the errors summed apart (Neumaier 1974): whole ticks are exact to 2¹⁰⁶, other prices to some thirty digits.
/// </remarks>
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

    /// <summary>What a sum of so many values is divided by for their mean.</summary>
    internal readonly double Divisor(int count) => _scale * count;

    /// <summary>Moves a window on by a run of values.</summary>
    /// <param name="oldest">What leaves, as it was summed; becomes what has come, likewise.</param>
    /// <param name="sums">As many: the sum after each.</param>
    /// <param name="errors">As many: what rounding has lost of it.</param>
    internal void Slide(Span<double> oldest, ReadOnlySpan<double> newest, Span<double> sums, Span<double> errors)
    {
        if (newest.Length != oldest.Length || sums.Length != oldest.Length || errors.Length != oldest.Length)
            throw new ArgumentException("as many of each", nameof(newest));
        if (_isDecimal) ToTicks(newest, _scale, sums);
        else newest.CopyTo(sums);
        // In registers.
        var (high, low) = (_high, _low);
        for (var i = 0; i < oldest.Length; i++)
        {
            var units = sums[i];
            Replace(oldest[i], units, ref high, ref low);
            oldest[i] = units;
            sums[i] = high;
            errors[i] = low;
        }
        (_high, _low) = (high, low);
    }

    /// <summary>The means of a run of sums.</summary>
    /// <param name="sums">As <see cref="Slide"/> gives them; become the means.</param>
    /// <param name="divisor">What <see cref="Mean"/> divides by: ticks in a unit times how many were summed.</param>
    internal static void Divide(Span<double> sums, ReadOnlySpan<double> errors, double divisor)
    {
        if (errors.Length < sums.Length) throw new ArgumentException("an error for each sum", nameof(errors));
        ref var sum = ref MemoryMarshal.GetReference(sums);
        ref var error = ref MemoryMarshal.GetReference(errors);
        var i = 0;
        for (var d = Vector256.Create(divisor); i <= sums.Length - 4; i += 4)
        {
            var high = Vector256.LoadUnsafe(ref sum, (nuint)i);
            var quotient = high / d;
            (quotient + (Vector256.FusedMultiplyAdd(-quotient, d, high)
                + Vector256.LoadUnsafe(ref error, (nuint)i)) / d).StoreUnsafe(ref sum, (nuint)i);
        }
        for (; i < sums.Length; i++) sums[i] = Quotient(sums[i], errors[i], divisor);
    }

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

    // Adds the newest and takes the oldest away: the difference with its error first, so that only one addition waits for the last one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Replace(double oldest, double newest, ref double high, ref double low)
    {
        var difference = newest - oldest;
        var t = difference - newest;
        var sum = high + difference;
        var u = sum - high;
        low += ((newest - (difference - t)) - (oldest + t)) + ((high - (sum - u)) + (difference - u));
        high = sum;
    }

    /// <summary>
    /// Whether sums of prices below a million, times <paramref name="weight"/>, are whole ticks that a double holds: below 2⁵³.
    /// </summary>
    internal static bool FitsDouble(int decimals, double weight) =>
        decimals is >= 0 and <= 9 && 1e6 * Math.Pow(10, decimals) * weight < 1L << 53;

    /// <summary>The whole ticks of a run of decimal values.</summary>
    internal static void ToTicks(ReadOnlySpan<double> values, double scale, Span<double> results)
    {
        if (results.Length != values.Length) throw new ArgumentException("as many results as values", nameof(results));
        ref var from = ref MemoryMarshal.GetReference(values);
        ref var to = ref MemoryMarshal.GetReference(results);
        var i = 0;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
            Vector.Round(Vector.LoadUnsafe(ref from, (nuint)i) * scale).StoreUnsafe(ref to, (nuint)i);
        for (; i < values.Length; i++) results[i] = Math.Round(values[i] * scale);
    }

    /// <summary>A run of values, each divided by the same.</summary>
    internal static void Divide(Span<double> values, double divisor)
    {
        ref var value = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
            (Vector.LoadUnsafe(ref value, (nuint)i) / new Vector<double>(divisor)).StoreUnsafe(ref value, (nuint)i);
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
