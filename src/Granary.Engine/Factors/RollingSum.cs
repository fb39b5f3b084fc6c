using System.Runtime.CompilerServices;

namespace Granary.Engine.Factors;

/// <summary>
/// The sum of the last <c>n</c> values in constant time, without the drift of a sum from which values are subtracted again: nothing is ever
/// subtracted. The window is the tail of the finished group of n, whose suffix sums are kept, and the head of the current one.
/// A sum of zeros is zero.
/// </summary>
public struct RollingSum
{
    private readonly double[] _tail;
    private readonly int _n;
    private double _head;
    private int _at;

    /// <param name="n">The window's length, at least 1.</param>
    public RollingSum(int n)
    {
        _n = n;
        _tail = new double[n + 1];
    }

    /// <summary>Takes the next value; the sum of the last n, or of as many as have come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Next(double value)
    {
        var tail = _tail;
        var at = _at;
        var head = _head + value;
        var result = head + tail[at + 1];
        tail[at] = value;
        _head = head;
        _at = at + 1;
        if (at + 1 == _n) Turn();
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Turn()
    {
        var tail = _tail;
        for (var i = _n - 2; i >= 0; i--) tail[i] += tail[i + 1];
        _head = 0;
        _at = 0;
    }
}
