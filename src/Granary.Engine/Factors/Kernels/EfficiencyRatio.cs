using System.Numerics;
using System.Runtime.InteropServices;

namespace Granary.Engine.Factors.Kernels;

/// <summary>Net change over <c>n</c> steps in proportion to the way gone: the measure behind efficiency, kama and trend.</summary>
internal struct EfficiencyRatio(int n)
{
    private Lag _lag = new(n);
    private RollingFold<Total> _way = new(n);
    private double _previous = double.NaN;
    private long _seen;

    /// <summary>Adds a run of values; the result is NaN until n changes have been seen.</summary>
    /// <param name="results">A buffer of the same length, which must not overlap the values.</param>
    /// <param name="scratch">At least of the same length; overwritten.</param>
    /// <param name="ifStill">The result if the values do not change.</param>
    public void Next(ReadOnlySpan<double> values, Span<double> results, Span<double> scratch, double ifStill)
    {
        if (results.Length != values.Length) throw new ArgumentException("as many results as values", nameof(results));
        var way = scratch[..values.Length];
        Steps(values, way);
        _way.Next(way, way);
        _lag.Next(values, results);
        ref var now = ref MemoryMarshal.GetReference(values);
        ref var result = ref MemoryMarshal.GetReference(results);
        ref var gone = ref MemoryMarshal.GetReference(way);
        var i = 0;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var length = Vector.LoadUnsafe(ref gone, (nuint)i);
            var ratio = Vector.Abs(Vector.LoadUnsafe(ref now, (nuint)i) - Vector.LoadUnsafe(ref result, (nuint)i)) / length;
            // Rounding may make the way of a straight line a hair shorter than its ends are apart.
            ratio = Vector.ConditionalSelect(Vector.GreaterThan(ratio, Vector<double>.One), Vector<double>.One, ratio);
            Vector.ConditionalSelect(Vector.GreaterThan(length, Vector<double>.Zero), ratio, new Vector<double>(ifStill))
                .StoreUnsafe(ref result, (nuint)i);
        }
        for (; i < values.Length; i++)
        {
            var ratio = Math.Abs(values[i] - results[i]) / way[i];
            if (ratio > 1) ratio = 1;
            results[i] = way[i] > 0 ? ratio : ifStill;
        }
        if (_seen < n) results[..(int)Math.Min(n - _seen, values.Length)].Fill(double.NaN);
        _seen += values.Length;
    }

    private void Steps(ReadOnlySpan<double> values, Span<double> steps)
    {
        // The first value has no step; a step of 0 leaves the sum alone.
        steps[0] = double.IsNaN(_previous) ? 0 : Math.Abs(values[0] - _previous);
        ref var value = ref MemoryMarshal.GetReference(values);
        ref var step = ref MemoryMarshal.GetReference(steps);
        var i = 1;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
            Vector.Abs(Vector.LoadUnsafe(ref value, (nuint)i) - Vector.LoadUnsafe(ref value, (nuint)(i - 1)))
                .StoreUnsafe(ref step, (nuint)i);
        for (; i < values.Length; i++) steps[i] = Math.Abs(values[i] - values[i - 1]);
        _previous = values[^1];
    }
}
