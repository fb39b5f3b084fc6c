namespace Granary.Recompute.Tests.Figures;

/// <summary>Statistics of an equity curve, written from the definitions of contract.md with arrays and loops.</summary>
/// <param name="times">Open times of the bars, UTC.</param>
/// <param name="equity">At each bar's close.</param>
/// <param name="start">Equity before the first bar.</param>
/// <param name="periodsPerYear">Periods of a year.</param>
internal sealed class CurveFigures(IReadOnlyList<DateTime> times, IReadOnlyList<double> equity, double start, double periodsPerYear)
{
    private readonly double[] _returns = Returns(equity, start);

    public int Periods => _returns.Length;

    public double FinalEquity => equity[^1];

    public double TotalReturn => equity[^1] / start - 1;

    public double Cagr => Math.Pow(equity[^1] / start, 365.25 / (times[^1] - times[0]).TotalDays) - 1;

    public double Volatility => Deviation(_returns) * Math.Sqrt(periodsPerYear);

    public double Sharpe => _returns.Average() / Deviation(_returns) * Math.Sqrt(periodsPerYear);

    public double Sortino =>
        _returns.Average() / Math.Sqrt(_returns.Sum(r => r < 0 ? r * r : 0) / _returns.Length) * Math.Sqrt(periodsPerYear);

    /// <summary>Undefined for an account that has lost everything.</summary>
    public double Calmar => equity[^1] > 1e-9 * start ? Cagr / MaxDrawdown : double.NaN;

    public double MaxDrawdown => Drawdowns().Max(d => d.Depth);

    /// <summary>Calendar days from the deepest drawdown's peak to its recovery, or to the last bar.</summary>
    public double MaxDrawdownDays
    {
        get
        {
            var points = Drawdowns();
            var deepest = points.Max(p => p.Depth);
            var trough = points.FindIndex(p => p.Depth == deepest);
            var peak = points.FindLastIndex(trough, p => p.Depth == 0);
            var from = peak < 0 ? times[0] : times[peak];
            var recovery = points.FindIndex(trough, p => p.Depth == 0);
            return ((recovery < 0 ? times[^1] : times[recovery]) - from).TotalDays;
        }
    }

    public double MonthsProfitable => Profitable(t => t.Year * 12 + t.Month);

    /// <summary>Weeks run from Monday to Sunday.</summary>
    public double WeeksProfitable => Profitable(t => (int)((t - DateTime.UnixEpoch).TotalDays + 3) / 7);

    private static double[] Returns(IReadOnlyList<double> equity, double start)
    {
        var returns = new double[equity.Count];
        for (var i = 0; i < returns.Length; i++) returns[i] = equity[i] / (i == 0 ? start : equity[i - 1]) - 1;
        return returns;
    }

    private List<(double Depth, double Peak)> Drawdowns()
    {
        var (peak, points) = (start, new List<(double, double)>());
        foreach (var value in equity)
        {
            peak = Math.Max(peak, value);
            points.Add((1 - value / peak, peak));
        }
        return points;
    }

    private double Profitable(Func<DateTime, int> period)
    {
        var (won, all, before) = (0, 0, start);
        for (var i = 0; i < times.Count; i++)
        {
            if (i + 1 < times.Count && period(times[i + 1]) == period(times[i])) continue;
            all++;
            // A flat period is none that gained, whatever the rounding of the sums.
            if (equity[i] > before * (1 + 1e-12)) won++;
            before = equity[i];
        }
        return (double)won / all;
    }

    public static double Deviation(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }
}
