using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Views;

/// <summary>An equity curve with derived data for the page's sections.</summary>
internal class CurveView
{
    private static readonly EquityCurve _nothing = new([], []);

    private EquityCurve? _within;

    protected CurveView(EquityCurve drawn, EquityCurve closes, EquityCurve measured, EquityStatistics? statistics,
        IReadOnlyList<Drawdown> drawdowns, ShownBenchmark? benchmark)
    {
        Drawn = drawn;
        Closes = closes;
        Measured = measured;
        Statistics = statistics;
        Drawdowns = drawdowns;
        Benchmark = benchmark is { Curve.Count: > 1 } ? benchmark.Curve : null;
        BenchmarkName = benchmark?.Name ?? "Benchmark";
        BenchmarkStatistics = Benchmark is not null && benchmark is { Statistics.Points: > 1 } ? benchmark.Statistics : null;
        PeriodsPerYear = statistics?.PeriodsPerYear ?? double.NaN;
    }

    /// <summary>Curve that is drawn: thinned, with every extreme.</summary>
    public EquityCurve Drawn { get; }

    /// <summary>
    /// The drawdown at each point of <see cref="Drawn"/> from the highest earlier point, drawn or not; a positive fraction.
    /// </summary>
    public required IReadOnlyList<double> DrawnDepths { get; init; }

    /// <summary>The curve by day, or by hour in short runs, for monthly tables and rolling figures.</summary>
    public EquityCurve Closes { get; }

    /// <summary>Curve from which <see cref="Statistics"/> and the distribution are computed.</summary>
    public EquityCurve Measured { get; }

    /// <summary>The currency of amounts, for axes; null where it is not named.</summary>
    public virtual string? Currency => null;

    /// <summary>The metrics to show on the page.</summary>
    public virtual MetricCatalogue Metrics => MetricCatalogue.BuiltIn;

    /// <summary>Statistics of the curve; null if it has fewer than two points.</summary>
    public EquityStatistics? Statistics { get; }

    public IReadOnlyList<Drawdown> Drawdowns { get; }

    public EquityCurve? Benchmark { get; }

    public string BenchmarkName { get; }

    /// <summary>The benchmark between the start and the end of the curve; null without one.</summary>
    public EquityCurve? BenchmarkWithin => _within ??= Benchmark is null || Measured.Count < 2 ? null : Within(Benchmark, Measured);

    /// <summary>Statistics of the benchmark, at the times that both curves have; null without one.</summary>
    public EquityStatistics? BenchmarkStatistics { get; }

    /// <summary>Period of the returns of <see cref="BenchmarkStatistics"/>, for example "day".</summary>
    public virtual string BenchmarkPeriod => Period;

    /// <summary>Statistics of the benchmark by day; null if the curve has no daily figures.</summary>
    public virtual EquityStatistics? BenchmarkDays => BenchmarkStatistics;

    public RiskFreeRate RiskFree { get; init; } = RiskFreeRate.None;

    /// <summary>The statistics of a curve of the page above the risk-free rate.</summary>
    /// <param name="curve">Their own curve; null if only a constant rate can be applied to them.</param>
    public EquityStatistics Above(EquityStatistics statistics, EquityCurve? curve)
    {
        if (curve is not null) return statistics.Above(RiskFree, curve, Benchmark);
        return RiskFree.IsNone || !RiskFree.IsConstant ? statistics : statistics with { Metrics = Above(statistics.Metrics) };
    }

    /// <summary>Metrics above the risk-free rate; the same if it is not constant, since the metrics have no times.</summary>
    public MetricSet Above(MetricSet metrics) => RiskFree.IsNone || !RiskFree.IsConstant ? metrics
        : metrics.With(new MetricInput { Parts = MetricParts.RiskFree, RiskFree = RiskFree.At(0) });

    public double PeriodsPerYear { get; }

    /// <summary>Periods per year over those that the rows count; 1 unless they are set.</summary>
    public double PeriodScale { get; init; } = 1;

    public bool HasCurve => Statistics is not null;

    /// <summary>Whether equity ever changed. A constant curve has no time charts and no return statistics.</summary>
    public bool Moves => HasCurve && Measured.Values.IndexOfAnyExcept(Measured.Values[0]) >= 0;

    /// <summary>
    /// Returns by <see cref="Period"/>. Each has a flag for market exposure: the return is not zero, or a position was held.
    /// </summary>
    public virtual IReadOnlyList<(double Return, bool InMarket)> PeriodReturns =>
        [.. Measured.Returns.ToArray().Where(r => !double.IsNaN(r)).Select(r => (r, r != 0))];

    /// <summary>Period of the returns of <see cref="Measured"/>, for example "day".</summary>
    public string Period => PeriodOf(Measured);

    public bool Intraday => Drawn.Count > 1 && Drawn.Days < 60 && PeriodName.MedianStep(Drawn.Times) < 0.9;

    /// <summary>Creates the view of a curve without a run.</summary>
    public static CurveView Of(EquityCurve curve, double? periodsPerYear, EquityCurve? benchmark, string? benchmarkName,
        RiskFreeRate? riskFree = null)
    {
        var recorder = new EquityRecorder();
        var peak = double.NegativeInfinity;
        for (var i = 0; i < curve.Count; i++)
        {
            peak = Math.Max(peak, curve.Values[i]);
            recorder.Add(new EquityRow(curve.Times[i], curve.Values[i], 0, 0, peak > 0 ? 1 - curve.Values[i] / peak : 0));
        }
        var rows = recorder.Rows();
        var scale = periodsPerYear is { } given ? given / Engine.Analysis.PeriodsPerYear.Infer(curve.Times) : 1;
        return new CurveView(CurveOf(rows), CurveOf(recorder.Closes()), curve,
            curve.Count > 1 ? EquityStatistics.Of(curve, periodsPerYear, benchmark) : null, recorder.WorstDrawdowns(),
            benchmark is null ? null
                : OfBenchmark(curve, benchmark, benchmarkName, scale))
        {
            DrawnDepths = [.. rows.Select(r => r.Drawdown)],
            RiskFree = riskFree ?? RiskFreeRate.None,
            PeriodScale = scale,
        };
    }

    private static ShownBenchmark OfBenchmark(EquityCurve curve, EquityCurve benchmark, string? name, double periodScale)
    {
        var other = CurveJoin.Of(curve, benchmark).Other;
        return new ShownBenchmark(benchmark, name,
            EquityStatistics.Of(other, Engine.Analysis.PeriodsPerYear.Infer(other.Times) * periodScale));
    }

    protected static EquityCurve CurveOf(IReadOnlyList<EquityRow> rows)
    {
        if (rows.Count == 0) return _nothing;
        var times = new long[rows.Count];
        var values = new double[rows.Count];
        for (var i = 0; i < times.Length; i++) (times[i], values[i]) = (rows[i].Time, rows[i].Equity);
        return new EquityCurve(times, values);
    }

    /// <summary>Returns the first row, and the last row of each UTC day.</summary>
    protected static IReadOnlyList<EquityRow> DayEnds(IReadOnlyList<EquityRow> rows)
    {
        var ends = new List<EquityRow>();
        for (var i = 0; i < rows.Count; i++)
            if (i == 0 || i == rows.Count - 1 || rows[i + 1].Time / TimeSpan.TicksPerDay != rows[i].Time / TimeSpan.TicksPerDay)
                ends.Add(rows[i]);
        return ends;
    }

    /// <summary>Computes statistics. The first value is the starting equity, so the first day's return counts even if it has only one
    /// row.</summary>
    protected static EquityStatistics Measure(EquityCurve closes, RunModel model)
    {
        var periodsPerYear = Engine.Analysis.PeriodsPerYear.Infer(closes.Times) * model.PeriodScale;
        var statistics = EquityStatistics.Of(WithStart(closes, model.StartingCash), periodsPerYear, catalogue: model.Metrics);
        return model.Comparison is { } comparison ? statistics.With(comparison.Against) : statistics;
    }

    // The starting value gets the first point's time, and the first point a tick later, so that no day, month or year is added.
    private static EquityCurve WithStart(EquityCurve closes, double start)
    {
        var times = closes.Times;
        if (!(start > 0) || times[0] / TimeSpan.TicksPerDay == times[1] / TimeSpan.TicksPerDay) return closes;
        return new EquityCurve([times[0], times[0] + 1, .. times[1..]], [start, .. closes.Values]);
    }

    private static EquityCurve? Within(EquityCurve benchmark, EquityCurve curve)
    {
        var times = benchmark.Times.ToArray();
        var first = Math.Max(0, Array.FindLastIndex(times, t => t <= curve.Times[0]));
        var last = Array.FindLastIndex(times, t => t <= curve.Times[^1]);
        return last <= first ? null : new EquityCurve(times[first..(last + 1)], benchmark.Values[first..(last + 1)].ToArray());
    }

    private static string PeriodOf(EquityCurve curve) => PeriodName.Of(PeriodName.MedianStep(curve.Times));
}
