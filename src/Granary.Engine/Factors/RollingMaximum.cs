using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Engine.Factors;

/// <summary>
/// The greatest of the last <c>n</c> values in constant time and without a branch on the data (van Herk 1992): the window is the tail of
/// the finished group of n, whose suffix maxima are kept, and the head of the current one, whose running maximum is.
/// </summary>
public struct RollingMaximum
{
    // One slot more than n, so that the tail of a group that has just ended is empty without a test.
    private readonly double[] _tail;
    private double _head;
    private int _at;

    /// <param name="n">The window's length, at least 1.</param>
    public RollingMaximum(int n)
    {
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
        var next = at + 1;
        var head = double.MaxNative(_head, value);
        var result = double.MaxNative(head, tail[next]);
        tail[at] = value;
        if (next == tail.Length - 1)
        {
            Turn(tail);
            head = double.NegativeInfinity;
            next = 0;
        }
        _head = head;
        _at = next;
        return result;
    }

    /// <summary>The same for a run of values.</summary>
    /// <param name="results">As many; may be the values' own memory.</param>
    public void Next(ReadOnlySpan<double> values, Span<double> results)
    {
        if (values.Length != results.Length) throw new ArgumentException("as many results as values", nameof(results));
        var n = _tail.Length - 1;
        for (var i = 0; i < values.Length;)
        {
            // Up to the end of the group: nothing to decide, and no bound to check that the line above does not give.
            var count = Math.Min(n - _at, values.Length - i);
            ref var tail = ref _tail[_at];
            ref var from = ref MemoryMarshal.GetReference(values[i..]);
            ref var to = ref MemoryMarshal.GetReference(results[i..]);
            var head = _head;
            for (nint k = 0; k < count; k++)
            {
                var value = Unsafe.Add(ref from, k);
                head = double.MaxNative(head, value);
                Unsafe.Add(ref to, k) = double.MaxNative(head, Unsafe.Add(ref tail, k + 1));
                Unsafe.Add(ref tail, k) = value;
            }
            _head = head;
            _at += count;
            i += count;
            if (_at < n) continue;
            Turn(_tail);
            _head = double.NegativeInfinity;
            _at = 0;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Turn(double[] tail)
    {
        var greatest = double.NegativeInfinity;
        for (var i = tail.Length - 2; i >= 0; i--) tail[i] = greatest = double.MaxNative(greatest, tail[i]);
    }
}
