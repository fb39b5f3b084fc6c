using System.Runtime.CompilerServices;

namespace Granary.Engine.Factors;

/// <summary>
/// The least of the last <c>n</c> values in constant time and without a branch on the data (van Herk 1992): the window is the tail of
/// the finished group of n, whose suffix minima are kept, and the head of the current one, whose running minimum is.
/// </summary>
public struct RollingMinimum
{
    // One slot more than n, so that the tail of a group that has just ended is empty without a test.
    private readonly double[] _tail;
    private readonly int _n;
    private double _head;
    private int _at;

    /// <param name="n">The window's length, at least 1.</param>
    public RollingMinimum(int n)
    {
        _n = n;
        _tail = new double[n + 1];
        _tail.AsSpan().Fill(double.PositiveInfinity);
        _head = double.PositiveInfinity;
    }

    /// <summary>Takes the next value; the least of the last n, or of as many as have come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Next(double value)
    {
        var tail = _tail;
        var at = _at;
        var head = double.MinNative(_head, value);
        var result = double.MinNative(head, tail[at + 1]);
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
        for (var i = _n - 2; i >= 0; i--) tail[i] = double.MinNative(tail[i], tail[i + 1]);
        _head = double.PositiveInfinity;
        _at = 0;
    }
}
