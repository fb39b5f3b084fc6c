using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Factors;

/// <summary>The last <c>n</c> values as one contiguous span, oldest first, for what has to look at each of them.</summary>
public struct RollingWindow
{
    // Every value is written twice, n apart, so that the window never wraps around.
    private readonly double[] _values;
    private readonly int _n;
    private int _at;

    /// <param name="n">The window's length, at least 1.</param>
    public RollingWindow(int n)
    {
        _n = n;
        _values = new double[2 * n];
    }

    /// <summary>Values in it, up to n.</summary>
    public int Count { get; private set; }

    public readonly bool IsFull => Count == _n;

    /// <summary>The last n values, oldest first; zeros stand in front of the first.</summary>
    public readonly ReadOnlySpan<double> Values => _values.AsSpan(_at, _n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value)
    {
        _values[_at] = value;
        _values[_at + _n] = value;
        if (++_at == _n) _at = 0;
        if (Count < _n) Count++;
    }

    /// <summary>Σ |x − center|, in four lanes whatever the processor, so that every machine adds in the same order.</summary>
    public readonly double AbsoluteDeviation(double center)
    {
        var values = Values;
        var sum = Vector256<double>.Zero;
        var i = 0;
        for (; i <= values.Length - 4; i += 4) sum += Vector256.Abs(Vector256.Create(values.Slice(i, 4)) - Vector256.Create(center));
        var rest = 0.0;
        for (; i < values.Length; i++) rest += Math.Abs(values[i] - center);
        return (sum[0] + sum[1]) + (sum[2] + sum[3]) + rest;
    }
}
