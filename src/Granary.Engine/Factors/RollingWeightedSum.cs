using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Engine.Factors;

/// <summary>
/// The last <c>n</c> values weighted 1 (oldest) to n (newest), and their plain sum, in constant time and without subtraction, so without drift:
/// the window is the tail of the finished group of n, whose suffix sums are kept, and the head of the current one. Of whole numbers whose sums stay below 2⁵³ it is exact.
/// </summary>
public struct RollingWeightedSum
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
    /// <param name="sums">As many; other memory.</param>
    public void Next(ReadOnlySpan<double> values, Span<double> weighted, Span<double> sums)
    {
        if (values.Length != weighted.Length || values.Length != sums.Length) throw new ArgumentException("as many results as values", nameof(weighted));
        var n = _tail.Length - 1;
        for (var i = 0; i < values.Length;)
        {
            // Up to the end of the group: nothing to decide, and no bound to check that the line above does not give.
            var count = Math.Min(n - _at, values.Length - i);
            ref var tail = ref _tail[_at];
            ref var weightedTail = ref _weightedTail[_at];
            ref var from = ref MemoryMarshal.GetReference(values[i..]);
            ref var toWeighted = ref MemoryMarshal.GetReference(weighted[i..]);
            ref var toSums = ref MemoryMarshal.GetReference(sums[i..]);
            var head = _head;
            var weightedHead = _weightedHead;
            double weight = _at + 1, older = n - 1 - _at;
            for (nint k = 0; k < count; k++)
            {
                var value = Unsafe.Add(ref from, k);
                head += value;
                weightedHead += weight * value;
                // All of the head is newer than the tail by as many weights as the tail is long.
                Unsafe.Add(ref toWeighted, k) = Unsafe.Add(ref weightedTail, k + 1) + older * head + weightedHead;
                Unsafe.Add(ref toSums, k) = Unsafe.Add(ref tail, k + 1) + head;
                Unsafe.Add(ref tail, k) = value;
                weight++;
                older--;
            }
            _head = head;
            _weightedHead = weightedHead;
            _at += count;
            i += count;
            if (_at < n) continue;
            Turn(_tail, _weightedTail);
            _head = _weightedHead = 0;
            _at = 0;
        }
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
