using System.Runtime.CompilerServices;

namespace Granary.Engine.Factors;

/// <summary>
/// The greatest of the last <c>n</c> values in constant time and without a branch on the data (van Herk 1992): the window is the tail of
/// the finished group of n, whose suffix maxima are kept, and the head of the current one, whose running maximum is.
/// </summary>
public struct RollingMaximum
{
    // One slot more than n, so that the tail of a group that has just ended is empty without a test.
    private readonly double[] _tail;
    private readonly int _n;
    private double _head;
    private int _at;

    /// <param name="n">The window's length, at least 1.</param>
    public RollingMaximum(int n)
    {
        _n = n;
        _tail = new double[n + 1];
        _tail.AsSpan().Fill(double.NegativeInfinity);
        _head = double.NegativeInfinity;
    }

    /// <summary>Takes the next value; the greatest of the last n, or of as many as have come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Next(double value)
    {
        var tail = _tail;
        var at = _at;
        var head = double.MaxNative(_head, value);
        var result = double.MaxNative(head, tail[at + 1]);
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
        for (var i = _n - 2; i >= 0; i--) tail[i] = double.MaxNative(tail[i], tail[i + 1]);
        _head = double.NegativeInfinity;
        _at = 0;
    }
}
