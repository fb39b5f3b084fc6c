using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Engine.Factors;

/// <summary>
/// The least of the last <c>n</c> values in constant time and without a branch on the data (van Herk 1992): the window is the tail of
/// the finished group of n, whose suffix minima are kept, and the head of the current one, whose running minimum is.
/// </summary>
public struct RollingMinimum
{
    // One slot more than n, so that the tail of a group that has just ended is empty without a test.
    private readonly double[] _tail;
    private double _head;
    private int _at;

    /// <param name="n">The window's length, at least 1.</param>
    public RollingMinimum(int n)
    {
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
        var next = at + 1;
        var head = double.MinNative(_head, value);
        var result = double.MinNative(head, tail[next]);
        tail[at] = value;
        if (next == tail.Length - 1)
        {
            Turn(tail);
            head = double.PositiveInfinity;
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
        nint n = _tail.Length - 1, at = _at;
        ref var tail = ref MemoryMarshal.GetArrayDataReference(_tail);
        ref var from = ref MemoryMarshal.GetReference(values);
        ref var to = ref MemoryMarshal.GetReference(results);
        var head = _head;
        for (nint i = 0; i < values.Length;)
        {
            // Up to the end of the group: nothing to decide, and no bound to check that these two lines do not keep.
            var count = Math.Min(n - at, values.Length - i);
            ref var tailNow = ref Unsafe.Add(ref tail, at);
            ref var fromNow = ref Unsafe.Add(ref from, i);
            ref var toNow = ref Unsafe.Add(ref to, i);
            for (nint k = 0; k < count; k++)
            {
                var value = Unsafe.Add(ref fromNow, k);
                head = double.MinNative(head, value);
                Unsafe.Add(ref toNow, k) = double.MinNative(head, Unsafe.Add(ref tailNow, k + 1));
                Unsafe.Add(ref tailNow, k) = value;
            }
            i += count;
            at += count;
            if (at < n) continue;
            Turn(_tail);
            head = double.PositiveInfinity;
            at = 0;
        }
        _head = head;
        _at = (int)at;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Turn(double[] tail)
    {
        var least = double.PositiveInfinity;
        for (var i = tail.Length - 2; i >= 0; i--) tail[i] = least = double.MinNative(least, tail[i]);
    }
}
