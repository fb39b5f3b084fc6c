using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Every statistic of a curve by the names of the pages, its first point being the start.</summary>
/// <param name="times">UTC, increasing.</param>
/// <param name="values">Of equity, positive.</param>
/// <param name="periodsPerYear">Null for what the times tell.</param>
internal sealed class BareCurve(IReadOnlyList<DateTime> times, IReadOnlyList<double> values, double? periodsPerYear = null)
{
    public IReadOnlyList<DateTime> Times => times;

    public IReadOnlyList<double> Values => values;

    public double[] Returns { get; } = [.. values.Skip(1).Select((v, i) => v / values[i] - 1)];

    public double PeriodsPerYear { get; } = periodsPerYear ?? Calendar.PeriodsPerYear(times);

    public double TotalReturn => values[^1] / values[0] - 1;

    /// <summary>The figures of the tables Return, Risk and Return for risk.</summary>
    public Cells Statistics(double riskFree = 0)
    {
        var figures = new CurveFigures([.. times.Skip(1)], [.. values.Skip(1)], values[0], PeriodsPerYear);
        var growth = Math.Pow(values[^1] / values[0], 365.25 / (times[^1] - times[0]).TotalDays) - 1;
        double[] moved = [.. Returns.Where(r => r != 0)];
        var (tail, movedTail) = (DailyCurve.Quantile(Returns, 0.05), DailyCurve.Quantile(moved, 0.05));
        var months = Periods(t => t.Year * 12 + t.Month);
        var weeks = Periods(t => (int)((t - DateTime.UnixEpoch).TotalDays + 3) / 7);
        var falls = Falls();
        var (shape, perPeriod) = (Shape.Of(Returns), Returns.Average() / CurveFigures.Deviation(Returns));
        var deepest = Depths().Max();
        return new(StringComparer.Ordinal)
        {
            ["Total return"] = TotalReturn,
            ["Yearly growth (CAGR)"] = growth,
            ["Final equity"] = values[^1],
            ["Best month"] = months.Max(),
            ["Worst month"] = months.Min(),
            ["Months profitable"] = (double)months.Count(m => m > 1e-12) / months.Count,
            ["Weeks profitable"] = (double)weeks.Count(w => w > 1e-12) / weeks.Count,
            ["Periods profitable"] = (double)Returns.Count(r => r > 0) / Returns.Length,
            ["Periods in the market profitable"] = (double)moved.Count(r => r > 0) / moved.Length,
            ["Volatility"] = figures.Volatility,
            ["Maximum drawdown"] = deepest,
            ["Length of the maximum drawdown"] = falls.Count == 0 ? 0 : falls.MaxBy(f => f.Depth).Days,
            ["Longest under water"] = falls.Count == 0 ? 0 : falls.Max(f => f.Days),
            ["Ulcer index"] = Math.Sqrt(Depths().Average(d => d * d)),
            ["Value at risk, 95%"] = -tail,
            ["Expected shortfall, 95%"] = -Returns.Where(r => r <= tail).Average(),
            ["Value at risk, 95%, in the market"] = -movedTail,
            ["Expected shortfall, 95%, in the market"] = -moved.Where(r => r <= movedTail).Average(),
            ["Skewness"] = shape.Skew,
            ["Kurtosis (normal: 3)"] = shape.Kurtosis,
            ["Sharpe ratio"] = figures.Sharpe,
            ["Sharpe ratio above the risk-free rate"] = figures.Sharpe - riskFree / figures.Volatility,
            ["Sortino ratio"] = figures.Sortino,
            ["Calmar ratio"] = growth / deepest,
            ["Martin ratio"] = growth / Math.Sqrt(Depths().Average(d => d * d)),
            ["Tail ratio"] = Math.Abs(DailyCurve.Quantile(Returns, 0.95) / tail),
            ["Omega ratio"] = Returns.Where(r => r > 0).Sum() / -Returns.Where(r => r < 0).Sum(),
            ["Probability that Sharpe > 0"] = Shape.Normal(perPeriod * Math.Sqrt(Returns.Length - 1) / shape.Error(perPeriod)),
            ["Record needed for 95%"] = perPeriod > 0
                ? Math.Ceiling(1 + Math.Pow(shape.Error(perPeriod) * Shape.Quantile95 / perPeriod, 2)) : double.NaN,
            ["Periods per year"] = PeriodsPerYear,
        };
    }

    /// <summary>Every fall from a peak: when it began, its lowest point, when it was made up for, and its days.</summary>
    public List<(DateTime Peak, DateTime Trough, DateTime? Recovery, double Depth, double Days)> Falls()
    {
        var found = new List<(DateTime, DateTime, DateTime?, double, double)>();
        var (peak, trough) = (0, 0);
        for (var i = 1; i <= values.Count; i++)
        {
            if (i < values.Count && values[i] < values[peak])
            {
                if (values[i] < values[trough] || trough == peak) trough = i;
                continue;
            }
            var end = Math.Min(i, values.Count - 1);
            if (trough != peak) found.Add((times[peak], times[trough], i < values.Count ? times[i]
                : null, 1 - values[trough] / values[peak], (times[end] - times[peak]).TotalDays));
            peak = trough = end;
        }
        return found;
    }

    /// <summary>Depth below the running peak at each point, a positive fraction.</summary>
    public double[] Depths()
    {
        var peak = values[0];
        return [.. values.Select(v => 1 - v / (peak = Math.Max(peak, v)))];
    }

    /// <summary>Returns of the periods that have points, in order; the first from the first point.</summary>
    public List<double> Periods(Func<DateTime, int> period)
    {
        var (found, before) = (new List<double>(), values[0]);
        for (var i = 0; i < values.Count; i++)
        {
            if (i + 1 < values.Count && period(times[i + 1]) == period(times[i])) continue;
            found.Add(values[i] / before - 1);
            before = values[i];
        }
        return found;
    }
}
