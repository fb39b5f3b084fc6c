namespace Granary.Engine.Factors;

/// <summary>Net change over <c>n</c> steps in proportion to the way gone: the measure behind efficiency, kama and trend.</summary>
public struct EfficiencyRatio(int n)
{
    private Lag _lag = new(n);
    private RollingSum _way = new(n);
    private double _previous = double.NaN;

    /// <summary>Takes a run of values; NaN until n changes have come.</summary>
    /// <param name="results">As many; other memory than the values'.</param>
    /// <param name="scratch">As many at the least; what it held is lost.</param>
    /// <param name="ifStill">The result where nothing moved.</param>
    public void Next(ReadOnlySpan<double> values, Span<double> results, Span<double> scratch, double ifStill)
    {
        var way = scratch[..values.Length];
        // The first value has no step; a step of 0 leaves the sum alone.
        way[0] = double.IsNaN(_previous) ? 0 : Math.Abs(values[0] - _previous);
        for (var i = 1; i < values.Length; i++) way[i] = Math.Abs(values[i] - values[i - 1]);
        _previous = values[^1];
        _way.Next(way, way);
        _lag.Next(values, results);
        for (var i = 0; i < values.Length; i++)
        {
            var change = Math.Abs(values[i] - results[i]);
            // Rounding may make the way of a straight line a hair shorter than its ends are apart. NaN stays NaN.
            var ratio = double.Min(1, change / way[i]);
            results[i] = way[i] > 0 ? ratio : double.IsNaN(change) ? double.NaN : ifStill;
        }
    }
}
