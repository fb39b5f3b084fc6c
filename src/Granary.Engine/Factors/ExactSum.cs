using System.Runtime.CompilerServices;

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

    /// <summary>Adds the newest value and takes the oldest away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Replace(double oldest, double newest)
    {
        // The difference with its error first: only one addition then waits for the last one.
        var (a, b) = (Units(newest), Units(oldest));
        var difference = a - b;
        var t = difference - a;
        _low += (a - (difference - t)) - (b + t);
        Plus(difference);
    }

    /// <summary>The sum divided by <paramref name="count"/>, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly double Mean(int count)
    {
        var divisor = _scale * count;
        var quotient = _high / divisor;
        return quotient + (Math.FusedMultiplyAdd(-quotient, divisor, _high) + _low) / divisor;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly double Units(double value) => _isDecimal ? Math.Round(value * _scale) : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Plus(double value)
    {
        var sum = _high + value;
        var t = sum - _high;
        _low += (_high - (sum - t)) + (value - t);
        _high = sum;
    }
}
