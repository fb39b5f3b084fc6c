using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>How returns are distributed, and figures over a moving window.</summary>
internal static class ReturnTables
{
    /// <summary>Number, gains, losses, tails and extremes of periods' returns: all, and those in the market.</summary>
    /// <param name="period">As "day".</param>
    public static void Distribution(PageCheck check, string period, IReadOnlyList<double> returns, IReadOnlyList<bool> invested)
    {
        double[] held = [.. returns.Where((_, i) => invested[i])];
        if (held.Length == 0) return;
        List<Cells> rows = [Row($"All {period}s", [.. returns])];
        if (held.Length < returns.Count) rows.Add(Row("In the market", held));
        check.Table($"Returns per {period}: all, and those in the market", rows);
        Histogram(check, $"Returns per {period} in the market", held);
    }

    private static Cells Row(string name, double[] returns)
    {
        var (tail95, tail99) = (DailyCurve.Quantile(returns, 0.05), DailyCurve.Quantile(returns, 0.01));
        return new Cells
        {
            ["Of"] = name,
            ["Number"] = returns.Length,
            ["Gains"] = (double)returns.Count(r => r > 0) / returns.Length,
            ["Losses"] = (double)returns.Count(r => r < 0) / returns.Length,
            ["VaR 95%"] = -tail95,
            ["CVaR 95%"] = -returns.Where(r => r <= tail95).Average(),
            ["VaR 99%"] = -tail99,
            ["CVaR 99%"] = -returns.Where(r => r <= tail99).Average(),
            ["Worst"] = returns.Min(),
            ["Median"] = DailyCurve.Quantile(returns, 0.5),
            ["Best"] = returns.Max(),
        };
    }

    /// <summary>Returns of days, weeks from Monday to Sunday, months, quarters and years.</summary>
    /// <param name="days">The returns of days.</param>
    /// <param name="curve">From which the longer spans are counted, the first one from the curve's first point.</param>
    public static void Spans(PageCheck check, IReadOnlyList<double> days, BareCurve curve)
    {
        List<(string Name, IReadOnlyList<double> Returns)> spans = [("Days", days)];
        foreach (var (name, number) in new (string, Func<DateTime, int>)[]
        {
            ("Weeks", t => (int)((t - DateTime.UnixEpoch).TotalDays + 3) / 7), ("Months", t => t.Year * 12 + t.Month),
            ("Quarters", t => t.Year * 4 + (t.Month + 2) / 3), ("Years", t => t.Year),
        })
            // After a total loss a span has no return.
            if (curve.Periods(number).FindAll(double.IsFinite) is { Count: > 1 } all
                && all.Count < spans[^1].Returns.Count) spans.Add((name, all));
        if (spans.Count < 2) return;
        check.Table("Returns of longer spans", [.. spans.Select(s => new Cells
        {
            ["Of"] = s.Name,
            ["Number"] = s.Returns.Count,
            ["Gains"] = (double)s.Returns.Count(r => r > 0) / s.Returns.Count,
            ["Mean"] = s.Returns.Average(),
            ["Worst"] = s.Returns.Min(),
            ["Lower quartile"] = DailyCurve.Quantile(s.Returns, 0.25),
            ["Median"] = DailyCurve.Quantile(s.Returns, 0.5),
            ["Upper quartile"] = DailyCurve.Quantile(s.Returns, 0.75),
            ["Best"] = s.Returns.Max(),
        })]);
    }

    // Every bar's label names its range and its count: counts add up, and each is the number of returns between its edges, up to what lies
    // on an edge as it is printed.
    private static void Histogram(PageCheck check, string title, double[] held)
    {
        var chart = check.Page.Charts.FirstOrDefault(c => c.Title == title);
        check.Drawn(title);
        if (chart is null) return;
        var total = 0.0;
        for (var i = 0; i < chart.Bars.Count; i++)
        {
            var (from, rest) = (ShownNumber.Parse(chart.Bars[i]), chart.Bars[i].Split(" to ")[1]);
            var (to, count) = (ShownNumber.Parse(rest), ShownNumber.Parse(rest.Split(": ")[1]).Value);
            total += count;
            var (least, most) = (i == 0 ? double.NegativeInfinity : from.Value, i == chart.Bars.Count - 1 ? double.PositiveInfinity
                : to.Value);
            var surely = held.Count(r => r >= least + from.Tolerance && r < most - to.Tolerance);
            var perhaps = held.Count(r => r >= least - from.Tolerance && r <= most + to.Tolerance);
            if (count < surely || count > perhaps) check.Number($"{title}, {chart.Bars[i]}", count.ToString(), surely);
        }
        check.Number(title + ", all returns are in a bar", total.ToString(), held.Length);
    }

    /// <summary>Sharpe ratio, Sortino ratio and volatility over the last w returns of days, w = 126 or a quarter of the record, and beta
    /// to the benchmark.</summary>
    public static void Rolling(PageCheck check, BareCurve closes, BareCurve? benchmark, string name)
    {
        var window = Math.Min(126, closes.Times.Count / 4);
        if (window < 5) return;
        Dictionary<DateTime, double> sharpe = [], sortino = [], volatility = [], beta = [];
        if (benchmark is not null) Beta(closes, benchmark, window, beta);
        for (var end = window; end <= closes.Returns.Length; end++)
        {
            var part = closes.Returns[(end - window)..end];
            var deviation = CurveFigures.Deviation(part);
            var time = closes.Times[end];
            volatility[time] = deviation * Math.Sqrt(closes.PeriodsPerYear);
            sharpe[time] = deviation > 0 ? part.Average() / deviation * Math.Sqrt(closes.PeriodsPerYear) : double.NaN;
            var losses = Math.Sqrt(part.Average(r => r < 0 ? r * r : 0));
            sortino[time] = losses > 0 ? part.Average() / losses * Math.Sqrt(closes.PeriodsPerYear) : double.NaN;
        }
        foreach (var (title, line) in new[] { ("Sharpe ratio over", sharpe), ("Sortino ratio over", sortino),
            ("Volatility over", volatility), ($"Beta to {name}", beta) })
        {
            if (line.Count == 0) continue;
            double[] known = [.. line.Values.Where(double.IsFinite)];
            check.Sentences.Says(title.StartsWith("Beta", StringComparison.Ordinal) ? $"{title} over {{}} {{~}}"
                : title + " {} {~}", window);
            if (known.Length > 0) check.Sentences.Says("Between {} and {}; the last value is {}.",
                known.Min(), known.Max(), line[line.Keys.Max()]);
        }
        check.Chart("Sharpe ratio over", new Dictionary<string, IReadOnlyDictionary<DateTime, double>> { ["Sharpe"] = sharpe });
        check.Chart("Sortino ratio over", new Dictionary<string, IReadOnlyDictionary<DateTime, double>> { ["Sortino"] = sortino });
        check.Chart("Volatility over", new Dictionary<string, IReadOnlyDictionary<DateTime, double>> { ["Volatility"] = volatility });
        if (benchmark is not null) check.Chart($"Beta to {name}", new Dictionary<string, IReadOnlyDictionary<DateTime,
            double>>
        { ["Beta"] = beta });
    }

    // Over the ends of days that both have.
    private static void Beta(BareCurve closes, BareCurve benchmark, int window, Dictionary<DateTime, double> beta)
    {
        var values = closes.Times.Zip(closes.Values).ToDictionary(p => p.First, p => p.Second);
        var both = benchmark.Times.Zip(benchmark.Values).Where(p => values.ContainsKey(p.First)).ToList();
        DateTime[] times = [.. both.Select(p => p.First)];
        var (own, other) = (new BareCurve(times, [.. times.Select(t => values[t])]).Returns,
            new BareCurve(times, [.. both.Select(p => p.Second)]).Returns);
        for (var end = window; end < times.Length; end++)
            beta[times[end]] = Slope(own[(end - window)..end], other[(end - window)..end]);
    }

    /// <summary>cov(r, b) / var(b).</summary>
    public static double Slope(double[] returns, double[] benchmark)
    {
        var (mine, theirs) = (returns.Average(), benchmark.Average());
        var products = returns.Zip(benchmark, (r, b) => (r - mine) * (b - theirs)).Sum();
        return products / benchmark.Sum(b => (b - theirs) * (b - theirs));
    }

    /// <summary>The table of figures against the benchmark.</summary>
    public static void Benchmark(PageCheck check, BareCurve closes, BareCurve benchmark, string name)
    {
        var (r, b) = (closes.Returns, benchmark.Returns);
        double[] excess = [.. r.Zip(b, (own, other) => own - other)];
        var (beta, root) = (Slope(r, b), Math.Sqrt(closes.PeriodsPerYear));
        check.Pairs($"Compared with {name}", new Cells
        {
            ["Return of the benchmark"] = benchmark.TotalReturn,
            ["Beta"] = beta,
            ["Alpha, yearly"] = Alpha(closes, benchmark),
            ["Correlation"] = Correlation(r, b),
            ["Tracking error"] = CurveFigures.Deviation(excess) * root,
            ["Information ratio"] = excess.Average() / CurveFigures.Deviation(excess) * root,
            ["Periods per year of the comparison"] = closes.PeriodsPerYear,
        });
    }

    /// <summary>(mean(r) − beta · mean(b)) · periods per year.</summary>
    public static double Alpha(BareCurve curve, BareCurve benchmark) =>
        (curve.Returns.Average() - Slope(curve.Returns, benchmark.Returns) * benchmark.Returns.Average()) * curve.PeriodsPerYear;

    /// <summary>Pearson's.</summary>
    public static double Correlation(double[] first, double[] second)
    {
        var (a, b) = (first.Average(), second.Average());
        return first.Zip(second, (x, y) => (x - a) * (y - b)).Sum()
            / Math.Sqrt(first.Sum(x => (x - a) * (x - a)) * second.Sum(y => (y - b) * (y - b)));
    }

    /// <summary>Equity, drawdown, exposure: the charts of rows.</summary>
    public static Dictionary<DateTime, double> Series(IEnumerable<EquityRow> rows, Func<EquityRow, double> value) =>
        rows.ToDictionary(r => r.Time, value);
}
