using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Granary.Engine.Factors.Kernels;

/// <summary>
/// Two <see cref="RollingFold{TFold}"/>s of equal length side by side in one register: the sums of a ratio, for little more than one of
/// them.
/// </summary>
internal struct RollingSumPair
{
    private readonly Vector128<double>[] _tail;
    private Vector128<double> _head;
    private int _at;

    /// <param name="n">The windows' length, at least 1.</param>
    public RollingSumPair(int n)
    {
        _tail = new Vector128<double>[n + 1];
    }

    /// <summary>Takes a run of values of each; the sums of the last n, or of as many as have come.</summary>
    /// <param name="firstSums">As many; may be the memory of either's values.</param>
    /// <param name="secondSums">As many; may be the memory of either's values.</param>
    public void Next(ReadOnlySpan<double> first, ReadOnlySpan<double> second, Span<double> firstSums, Span<double> secondSums)
    {
        if (first.Length != second.Length || first.Length != firstSums.Length || first.Length != secondSums.Length)
            throw new ArgumentException("as many results as values", nameof(firstSums));
        nint n = _tail.Length - 1, at = _at;
        ref var tail = ref MemoryMarshal.GetArrayDataReference(_tail);
        ref var a = ref MemoryMarshal.GetReference(first);
        ref var b = ref MemoryMarshal.GetReference(second);
        ref var toA = ref MemoryMarshal.GetReference(firstSums);
        ref var toB = ref MemoryMarshal.GetReference(secondSums);
        var head = _head;
        for (nint i = 0; i < first.Length;)
        {
            // Up to the end of the group: nothing to decide, and no bound to check that these two lines do not keep.
            var count = Math.Min(n - at, first.Length - i);
            ref var tailNow = ref Unsafe.Add(ref tail, at);
            ref var aNow = ref Unsafe.Add(ref a, i);
            ref var bNow = ref Unsafe.Add(ref b, i);
            ref var toANow = ref Unsafe.Add(ref toA, i);
            ref var toBNow = ref Unsafe.Add(ref toB, i);
            for (nint k = 0; k < count; k++)
            {
                var values = Vector128.Create(Unsafe.Add(ref aNow, k), Unsafe.Add(ref bNow, k));
                head += values;
                var sums = head + Unsafe.Add(ref tailNow, k + 1);
                Unsafe.Add(ref toANow, k) = sums[0];
                Unsafe.Add(ref toBNow, k) = sums[1];
                Unsafe.Add(ref tailNow, k) = values;
            }
            i += count;
            at += count;
            if (at < n) continue;
            Turn(_tail);
            head = default;
            at = 0;
        }
        _head = head;
        _at = (int)at;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Turn(Vector128<double>[] tail)
    {
        var sum = Vector128<double>.Zero;
        for (var i = tail.Length - 2; i >= 0; i--) tail[i] = sum += tail[i];
    }
}
