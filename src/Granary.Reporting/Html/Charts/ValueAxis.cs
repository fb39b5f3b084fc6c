using Granary.Engine.Numerics;

namespace Granary.Reporting.Html.Charts;

/// <summary>Maps values to the vertical axis of a plot, and finds round values to label.</summary>
/// <param name="Low">The value at the bottom.</param>
/// <param name="High">The value at the top; above <paramref name="Low"/>.</param>
/// <param name="Log">Whether the scale is logarithmic; both ends must be positive.</param>
internal readonly record struct ValueAxis(double Low, double High, bool Log = false)
{
    // Values that differ by less, in parts of themselves, differ by rounding: no label would show the difference.
    private const double LeastSpan = 1e-9;

    // From dense to sparse: the first that gives few enough labels is used.
    private static readonly double[][] _logDigits = [[1, 1.5, 2, 3, 5, 7], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]];

    /// <summary>Returns an axis that contains all finite values with a margin, extended to round values.</summary>
    /// <param name="include">A value that the axis must include, such as zero; NaN for none.</param>
    /// <param name="logFrom">The axis is logarithmic if the ratio of the highest to the lowest value exceeds this; 0 for never.</param>
    public static ValueAxis Around(IEnumerable<double> values, double include = double.NaN, double logFrom = 0, int ticks = 5)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (var v in values)
        {
            if (!double.IsFinite(v)) continue;
            low = Math.Min(low, v);
            high = Math.Max(high, v);
        }
        if (!double.IsNaN(include))
        {
            low = Math.Min(low, include);
            high = Math.Max(high, include);
        }
        if (low > high) (low, high) = (0, 1);
        // If all values are zero, the axis extends above zero, since most measures are not negative.
        if (low == high && low == 0 && include == 0) return new ValueAxis(0, 1);
        if (high - low <= LeastSpan * Math.Max(Math.Abs(low), Math.Abs(high)))
        {
            var air = low == 0 ? 1 : Math.Abs(low) * 0.05;
            return Rounded(low - air, high + air, ticks);
        }
        if (logFrom > 0 && low > 0 && high / low > logFrom)
            return new ValueAxis(low / Math.Pow(high / low, 0.03), high * Math.Pow(high / low, 0.03), Log: true);
        return Rounded(low, high, ticks);
    }

    private static ValueAxis Rounded(double low, double high, int ticks)
    {
        var step = Step(high - low, ticks) / 2;
        return new ValueAxis(Math.Floor(low / step + Tolerance.Step) * step, Math.Ceiling(high / step - Tolerance.Step) * step);
    }

    /// <summary>The vertical coordinate, from 0 at the top to <paramref name="height"/> at the bottom.</summary>
    public double Y(double value, double height) => height * (1 - Share(value));

    /// <summary>The relative position, from 0 at <see cref="Low"/> to 1 at <see cref="High"/>.</summary>
    public double Share(double value) => Log
        ? Math.Log(value / Low) / Math.Log(High / Low)
        : (value - Low) / (High - Low);

    /// <summary>Returns round values on the axis, ascending.</summary>
    public IReadOnlyList<double> Ticks(int about = 5)
    {
        var found = new List<double>();
        if (Log)
        {
            foreach (var digits in _logDigits)
            {
                found.Clear();
                for (var power = Math.Floor(Math.Log10(Low)); power <= Math.Ceiling(Math.Log10(High)); power++)
                    foreach (var digit in digits)
                        if (digit * Math.Pow(10, power) is var v && v >= Low && v <= High)
                            found.Add(v);
                if (found.Count <= about + 2) break;
            }
            if (found.Count >= 2) return found;
            found.Clear();
        }
        var step = Step(High - Low, about);
        for (var k = Math.Ceiling(Low / step - Tolerance.Step); k * step <= High + Tolerance.Step * step; k++)
            found.Add(k == 0 ? 0 : k * step);
        return found;
    }

    private static double Step(double span, int about)
    {
        var rough = span / about;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var digit = rough / power;
        return power * digit switch { <= 1 => 1, <= 2 => 2, <= 2.5 => 2.5, <= 5 => 5, _ => 10 };
    }
}
