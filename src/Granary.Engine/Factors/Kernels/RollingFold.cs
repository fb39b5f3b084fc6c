using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Engine.Factors.Kernels;

/// <summary>An associative operation on two values (up to rounding).</summary>
internal interface IFold
{
    /// <summary>Neutral element of <see cref="Join"/>.</summary>
    static abstract double Identity { get; }

    static abstract double Join(double a, double b);
}

/// <summary>The sum; of zeros it is zero.</summary>
internal readonly struct Total : IFold
{
    public static double Identity => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Join(double a, double b) => a + b;
}

/// <summary>The maximum.</summary>
internal readonly struct Greatest : IFold
{
    public static double Identity => double.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Join(double a, double b) => double.MaxNative(a, b);
}

/// <summary>The minimum.</summary>
internal readonly struct Least : IFold
{
    public static double Identity => double.PositiveInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Join(double a, double b) => double.MinNative(a, b);
}

/// <summary>
/// Combines the last <c>n</c> values in constant time and without a branch on the data (van Herk 1992). The window is the tail of the
/// completed group of n, whose suffixes are stored combined, and the head of the current group. No value is ever subtracted, so a sum does
/// not drift.
/// </summary>
/// <typeparam name="TFold">The operation: <see cref="Total"/>, <see cref="Greatest"/> or <see cref="Least"/>.</typeparam>
internal struct RollingFold<TFold>
    where TFold : struct, IFold
{
    // One slot more than n, so that the tail of a group that has just ended is empty without a check.
    private readonly double[] _tail;
    private double _head;
    private int _at;

    /// <param name="n">The window's length, at least 1.</param>
    public RollingFold(int n)
    {
        _tail = new double[n + 1];
        _tail.AsSpan().Fill(TFold.Identity);
        _head = TFold.Identity;
    }

    /// <summary>Adds the next value; returns the result for the last n values, or for all so far if there are fewer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Next(double value)
    {
        var tail = _tail;
        var at = _at;
        var next = at + 1;
        var head = TFold.Join(_head, value);
        var result = TFold.Join(head, tail[next]);
        tail[at] = value;
        if (next == tail.Length - 1)
        {
            Turn(tail);
            head = TFold.Identity;
            next = 0;
        }
        _head = head;
        _at = next;
        return result;
    }

    /// <summary>Adds a run of values and writes the result after each.</summary>
    /// <param name="results">A buffer of the same length, which may be the same memory as the values.</param>
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
            // Up to the end of the group: no branches on the data, and count keeps the unchecked references within bounds.
            var count = Math.Min(n - at, values.Length - i);
            ref var tailNow = ref Unsafe.Add(ref tail, at);
            ref var fromNow = ref Unsafe.Add(ref from, i);
            ref var toNow = ref Unsafe.Add(ref to, i);
            for (nint k = 0; k < count; k++)
            {
                var value = Unsafe.Add(ref fromNow, k);
                head = TFold.Join(head, value);
                Unsafe.Add(ref toNow, k) = TFold.Join(head, Unsafe.Add(ref tailNow, k + 1));
                Unsafe.Add(ref tailNow, k) = value;
            }
            i += count;
            at += count;
            if (at < n) continue;
            Turn(_tail);
            head = TFold.Identity;
            at = 0;
        }
        _head = head;
        _at = (int)at;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Turn(double[] tail)
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(tail);
        var joined = TFold.Identity;
        for (nint i = tail.Length - 2; i >= 0; i--) Unsafe.Add(ref first, i) = joined = TFold.Join(joined, Unsafe.Add(ref first, i));
    }
}
