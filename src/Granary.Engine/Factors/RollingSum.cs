using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Engine.Factors;

/// <summary>
/// The sum of the last <c>n</c> values in constant time, without the drift of a sum from which values are subtracted again: nothing is ever
/// subtracted. The window is the tail of the finished group of n, whose suffix sums are kept, and the head of the current one.
/// A sum of zeros is zero.
/// </summary>
public struct RollingSum
{
    private readonly double[] _tail;
    private double _head;
    private int _at;

    /// <param name="n">The window's length, at least 1.</param>
    public RollingSum(int n)
    {
        _tail = new double[n + 1];
    }

    /// <summary>Takes the next value; the sum of the last n, or of as many as have come.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Next(double value)
    {
        var tail = _tail;
        var at = _at;
        var next = at + 1;
        var head = _head + value;
        var result = head + tail[next];
        tail[at] = value;
        if (next == tail.Length - 1)
        {
            Turn(tail);
            head = 0;
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
                head += value;
                Unsafe.Add(ref toNow, k) = head + Unsafe.Add(ref tailNow, k + 1);
                Unsafe.Add(ref tailNow, k) = value;
            }
            i += count;
            at += count;
            if (at < n) continue;
            Turn(_tail);
            head = 0;
            at = 0;
        }
        _head = head;
        _at = (int)at;
    }

    private static void Turn(double[] tail)
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(tail);
        var sum = 0.0;
        for (nint i = tail.Length - 2; i >= 0; i--) Unsafe.Add(ref first, i) = sum += Unsafe.Add(ref first, i);
    }
}
