using System.Collections.Immutable;

namespace Granary.Engine.Analysis.Metrics;

/// <summary>Metrics of a curve r against a benchmark b, at the times that both have.</summary>
internal static class BenchmarkMetrics
{
    public static Metric BenchmarkReturn { get; } = new("benchmarkReturn", "Return of the benchmark")
    {
        Formula = "the total return of the benchmark over the times that both have",
        Source = "textbook",
        Unit = MetricUnit.Return,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Benchmark,
        Needs = MetricParts.AccountBenchmark,
        Compute = static (in MetricInput m) => m.Benchmark!.BenchmarkReturn,
        Place = 30,
        IsColoured = true,
    };

    public static Metric Periods { get; } = new("benchmarkPeriodsPerYear", "Periods per year of the comparison")
    {
        Formula = "of the times that both have, counted as periodsPerYear: the comparison is annualised with it",
        Source = "convention",
        Unit = MetricUnit.PerYear,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Benchmark,
        Needs = MetricParts.AccountBenchmark,
        Compute = static (in MetricInput m) => m.Benchmark!.PeriodsPerYear,
        Place = 47,
    };

    public static Metric Beta { get; } = new("beta", "Beta")
    {
        Formula = "cov(r, b) / var(b)",
        Source = "textbook",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Benchmark,
        Needs = MetricParts.Benchmark,
        Compute = static (in MetricInput m) => m.Benchmark!.Beta,
        Place = 27,
    };

    public static Metric Alpha { get; } = new("alpha", "Alpha, yearly")
    {
        Formula = "(mean(r) − beta · mean(b)) · periods per year of the times that both have",
        Source = "Jensen 1968",
        Unit = MetricUnit.Return,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Benchmark,
        Needs = MetricParts.Benchmark,
        Compute = static (in MetricInput m) => m.Benchmark!.Alpha,
        Place = 28,
    };

    public static Metric Correlation { get; } = new("correlation", "Correlation")
    {
        Formula = "cov(r, b) / (std(r) · std(b))",
        Source = "Pearson",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Neutral,
        Group = MetricGroup.Benchmark,
        Needs = MetricParts.Benchmark,
        Compute = static (in MetricInput m) => m.Benchmark!.Correlation,
        Place = 29,
    };

    public static Metric TrackingError { get; } = new("trackingError", "Tracking error")
    {
        Formula = "std(r − b, ddof 1) · √(periods per year of the times that both have)",
        Source = "textbook",
        Unit = MetricUnit.Fraction,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Benchmark,
        Needs = MetricParts.Benchmark,
        Compute = static (in MetricInput m) => m.Benchmark!.TrackingError,
        Place = 25,
    };

    public static Metric InformationRatio { get; } = new("informationRatio", "Information ratio")
    {
        Formula = "mean(r − b) / std(r − b, ddof 1) · √(periods per year of the times that both have)",
        Source = "Grinold and Kahn 2000",
        Unit = MetricUnit.Ratio,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Benchmark,
        Needs = MetricParts.Benchmark,
        Compute = static (in MetricInput m) => m.Benchmark!.InformationRatio,
        Place = 26,
    };

    /// <summary>In the order of the report's table.</summary>
    public static ImmutableArray<Metric> All { get; } =
    [
        BenchmarkReturn, Beta, Alpha, Correlation, TrackingError, InformationRatio, Periods,
    ];
}
