using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Engine.Factors.Kernels;

/// <summary>
/// The last <c>n</c> values weighted 1 (oldest) to n (newest), and their plain sum, in constant time and without subtraction, so without
/// drift: the window is the tail of the finished group of n, whose suffix sums are kept, and the head of the current one. Of whole numbers
/// whose sums stay below 2⁵³ it is exact.
/// </summary>
internal struct RollingWeightedSum
{
    // From each place of the finished group on: its sum, and its sum weighted 1, 2, … from there. One slot more than n for the empty tail.
    private readonly double[] _tail, _weightedTail;
    private double _head, _weightedHead;
    private int _at;

    /// <param name="n">The window's length, at least 1.</param>
    public RollingWeightedSum(int n)
    {
        _tail = new double[n + 1];
        _weightedTail = new double[n + 1];
    }

    /// <summary>Takes a run of values and gives both sums after each; meaningful once n values have come.</summary>
    /// <param name="weighted">As many; may be the values' own memory.</param>
    /// <param name="sums">As many; other memory. Empty where they are not wanted.</param>
    public void Next(ReadOnlySpan<double> values, Span<double> weighted, Span<double> sums)
    {
        if (values.Length != weighted.Length || (sums.Length > 0 && values.Length != sums.Length))
            throw new ArgumentException("as many results as values", nameof(weighted));
        nint n = _tail.Length - 1, at = _at;
        ref var tail = ref MemoryMarshal.GetArrayDataReference(_tail);
        ref var weightedTail = ref MemoryMarshal.GetArrayDataReference(_weightedTail);
        ref var from = ref MemoryMarshal.GetReference(values);
        ref var toWeighted = ref MemoryMarshal.GetReference(weighted);
        ref var toSums = ref MemoryMarshal.GetReference(sums);
        var (head, weightedHead) = (_head, _weightedHead);
        for (nint i = 0; i < values.Length;)
        {
            // Up to the end of the group: nothing to decide, and no bound to check that these two lines do not keep.
            var count = Math.Min(n - at, values.Length - i);
            ref var tailNow = ref Unsafe.Add(ref tail, at);
            ref var weightedTailNow = ref Unsafe.Add(ref weightedTail, at);
            ref var fromNow = ref Unsafe.Add(ref from, i);
            ref var toWeightedNow = ref Unsafe.Add(ref toWeighted, i);
            ref var toSumsNow = ref Unsafe.Add(ref toSums, i);
            double weight = at + 1, older = n - 1 - at;
            for (nint k = 0; k < count; k++)
            {
                var value = Unsafe.Add(ref fromNow, k);
                head += value;
                weightedHead += weight * value;
                // All of the head is newer than the tail by as many weights as the tail is long.
                Unsafe.Add(ref toWeightedNow, k) = Unsafe.Add(ref weightedTailNow, k + 1) + older * head + weightedHead;
                if (sums.Length > 0) Unsafe.Add(ref toSumsNow, k) = Unsafe.Add(ref tailNow, k + 1) + head;
                Unsafe.Add(ref tailNow, k) = value;
                weight++;
                older--;
            }
            i += count;
            at += count;
            if (at < n) continue;
            Turn(_tail, _weightedTail);
            head = weightedHead = 0;
            at = 0;
        }
        (_head, _weightedHead) = (head, weightedHead);
        _at = (int)at;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Turn(double[] tail, double[] weightedTail)
    {
        double sum = 0, weighted = 0;
        for (var i = tail.Length - 2; i >= 0; i--)
        {
            sum += tail[i];
            weighted += sum;
            tail[i] = sum;
            weightedTail[i] = weighted;
        }
    }
}
