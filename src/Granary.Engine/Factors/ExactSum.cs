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
    private DoubleDouble _sum;

    /// <param name="decimals">The most decimals of a value; negative where values are not decimal.</param>
    public ExactSum(int decimals)
    {
        _scale = decimals is >= 0 and <= 9 ? Math.Pow(10, decimals) : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value)
    {
        if (_scale > 0) _ticks += (long)Math.Round(value * _scale);
        else _sum += value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Remove(double value)
    {
        if (_scale > 0) _ticks -= (long)Math.Round(value * _scale);
        else _sum += -value;
    }

    /// <summary>The sum divided by <paramref name="count"/>, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly double Mean(int count) => _scale > 0 ? _ticks / (_scale * count) : _sum.DividedBy(count);
}
