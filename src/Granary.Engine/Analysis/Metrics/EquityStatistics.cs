namespace Granary.Engine.Analysis.Metrics;

/// <summary>
/// An equity curve in numbers: its measures and the metrics computed from them. Fractions, not percent; simple returns r_t = E_t / E_{t-1}
/// − 1; NaN where a value is undefined (fewer than two points, no deviation, no loss).
/// </summary>
/// <param name="Benchmark">The comparison with a benchmark; null without one.</param>
internal sealed record EquityStatistics(EquityMeasures Measures, MetricSet Metrics, BenchmarkStatistics? Benchmark = null)
{
    public long Points => Measures.Points;

    /// <summary>Deviations and means are annualised with this number.</summary>
    public double PeriodsPerYear => Measures.PeriodsPerYear;

    /// <summary>The statistics with a comparison with a benchmark.</summary>
    public EquityStatistics With(BenchmarkStatistics benchmark) => this with
    {
        Benchmark = benchmark,
        Metrics = Metrics.With(new MetricInput { Parts = MetricParts.Benchmark, Benchmark = benchmark }),
    };

    /// <summary>The statistics with the metrics above a rate; without a rate they are the same.</summary>
    /// <param name="curve">The curve that they are of.</param>
    /// <param name="benchmark">Null for none.</param>
    public EquityStatistics Above(RiskFreeRate riskFree, EquityCurve curve, EquityCurve? benchmark = null) => riskFree.IsNone ? this
        : this with
        {
            Metrics = Metrics.With(new MetricInput
            {
                Parts = MetricParts.RiskFree,
                RiskFree = riskFree.Over(curve),
                Excess = riskFree.Above(curve, benchmark, PeriodsPerYear),
            }),
        };

    /// <summary>
    /// The statistics of a curve that is held in memory. A run that streams uses <see cref="EquityAccumulator"/>, as this does.
    /// </summary>
    /// <param name="periodsPerYear">Null to infer it from the times.</param>
    /// <param name="benchmark">Compared at the times that both curves have.</param>
    /// <param name="catalogue">Null for the metrics of the platform.</param>
    public static EquityStatistics Of(
        EquityCurve curve, double? periodsPerYear = null, EquityCurve? benchmark = null, MetricCatalogue? catalogue = null)
    {
        var perYear = periodsPerYear ?? Analysis.PeriodsPerYear.Infer(curve.Times);
        var accumulator = new EquityAccumulator();
        accumulator.Add(curve.Times, curve.Values);
        var measures = accumulator.Measure(perYear);
        var metrics = (catalogue ?? MetricCatalogue.BuiltIn).Compute(MetricInput.Of(measures, curve.Returns.ToArray()));
        var statistics = new EquityStatistics(measures, metrics);
        if (benchmark is null) return statistics;
        // The times that both curves have may be fewer a year.
        var join = CurveJoin.Of(curve, benchmark);
        var scale = periodsPerYear is { } given ? given / Analysis.PeriodsPerYear.Infer(curve.Times) : 1;
        return statistics.With(BenchmarkStatistics.Of(join.Own, join.Other, Analysis.PeriodsPerYear.Infer(join.Own.Times) * scale));
    }
}
