using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Factors.Kernels;

/// <summary>
/// A running sum without drift: values are added, and removed again. Decimal prices are summed in whole ticks, other values as they are;
/// the rounding error is summed separately. The mean is correctly rounded, so two averages are equal exactly if they are mathematically
/// equal.
/// </summary>
/// <remarks>
/// Knuth's two-sum with separate summation of errors (Neumaier 1974): whole ticks are exact to 2¹⁰⁶, other prices to about thirty digits.
/// </remarks>
internal struct ExactSum
{
    private readonly double _scale;
    private readonly bool _isDecimal;
    private double _high, _low;

    /// <param name="decimals">The most decimals of a value; negative for values that are not decimal.</param>
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

    /// <summary>Returns the divisor that turns a sum of <paramref name="count"/> values into their mean.</summary>
    internal readonly double Divisor(int count) => _scale * count;

    /// <summary>Moves a window on by a run of values.</summary>
    /// <param name="oldest">Summands that leave the window; replaced by those that enter.</param>
    /// <param name="sums">As many: the sum after each.</param>
    /// <param name="errors">As many: what rounding has lost of it.</param>
    internal void Slide(Span<double> oldest, ReadOnlySpan<double> newest, Span<double> sums, Span<double> errors)
    {
        if (newest.Length != oldest.Length || sums.Length != oldest.Length || errors.Length != oldest.Length)
            throw new ArgumentException("as many of each", nameof(newest));
        if (_isDecimal) ToTicks(newest, _scale, sums);
        else newest.CopyTo(sums);
        // Local copies stay in registers.
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
    /// <param name="divisor">Divisor of <see cref="Mean"/>: decimal units per 1, times the number of summands.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    /// <summary>Returns the summand for a value: its whole number of decimal units, or the value itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly double Units(double value) => _isDecimal ? Math.Round(value * _scale) : value;

    /// <summary>Adds a value that <see cref="Units"/> has converted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Plus(double units)
    {
        var sum = _high + units;
        var t = sum - _high;
        _low += (_high - (sum - t)) + (units - t);
        _high = sum;
    }

    // Adds the newest value minus the oldest. Computing the difference first leaves only one addition that depends on the previous sum.
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

    /// <summary>Converts decimal values to whole ticks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    /// <summary>Divides each value by the same divisor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
        // Multiplication by an inverse would be wrong: the mean of two neighbouring doubles lies exactly half-way, and must round
        // correctly.
        return quotient + (Math.FusedMultiplyAdd(-quotient, divisor, high) + low) / divisor;
    }
}
