using System.Runtime.CompilerServices;

namespace Granary.Engine.Factors;

/// <summary>
/// A sum to which values are added and from which they are taken away again without drift: on decimal prices in whole ticks,
/// else in double-double arithmetic. Its mean is correctly rounded, so that two averages are equal exactly when they are equal on paper.
/// </summary>
public struct ExactSum
{
    private readonly double _scale;
    private long _ticks;
    private double _high, _low;

    /// <param name="decimals">The most decimals of a value; negative where values are not decimal.</param>
    public ExactSum(int decimals)
    {
        _scale = decimals is >= 0 and <= 9 ? Math.Pow(10, decimals) : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value)
    {
        if (_scale > 0) _ticks += (long)Math.Round(value * _scale);
        else AddDouble(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Remove(double value)
    {
        if (_scale > 0) _ticks -= (long)Math.Round(value * _scale);
        else AddDouble(-value);
    }

    /// <summary>The sum divided by <paramref name="count"/>, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly double Mean(int count)
    {
        if (_scale > 0) return _ticks / (_scale * count);
        var quotient = _high / count;
        var rest = Math.FusedMultiplyAdd(-quotient, count, _high) + _low;
        return quotient + rest / count;
    }

    private void AddDouble(double value)
    {
        // Knuth's two-sum, then renormalisation.
        var sum = _high + value;
        var b = sum - _high;
        var error = (_high - (sum - b)) + (value - b) + _low;
        _high = sum + error;
        _low = error - (_high - sum);
    }
}
