namespace Granary.Engine.Factors;

/// <summary>Net change over <c>n</c> steps in proportion to the way gone: the measure behind efficiency, kama and trend.</summary>
public struct EfficiencyRatio(int n)
{
    private Lag _lag = new(n);
    private RollingSum _way = new(n);
    private double _previous = double.NaN;

    /// <summary>Σ |change| over the last n steps.</summary>
    public double Way { get; private set; }

    /// <summary>Takes the next value; NaN until n changes have come, 0 where nothing moved.</summary>
    public double Next(double value)
    {
        var step = Math.Abs(value - _previous);
        // The first value has no step; a step of 0 leaves the sum alone.
        Way = _way.Next(double.IsNaN(step) ? 0 : step);
        _previous = value;
        var change = Math.Abs(value - _lag.Next(value));
        // Rounding may make the way of a straight line a hair shorter than its ends are apart.
        return Way > 0 ? double.Min(1, change / Way) : change;
    }
}
