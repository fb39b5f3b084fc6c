using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Reporting.Runs;

/// <summary>
/// A portfolio against its benchmark: one series of both, at the first row of the portfolio and at each later row before which the
/// benchmark had a bar. All figures of the benchmark and against it are of this series, and annualised by it.
/// </summary>
/// <param name="Own">The benchmark's own, of the series.</param>
/// <param name="Days">The benchmark's own by days: for the figures that a portfolio has of days.</param>
/// <param name="Against">The portfolio's against it, of the series.</param>
/// <param name="MedianStep">Between two points of the series.</param>
public sealed record BenchmarkComparison(EquityStatistics Own, EquityStatistics Days, BenchmarkStatistics Against, TimeSpan MedianStep)
{
    /// <param name="portfolio">At the times of the series.</param>
    /// <param name="benchmark">At the same times, at least two.</param>
    public static BenchmarkComparison Of(EquityCurve portfolio, EquityCurve benchmark, MetricCatalogue metrics)
    {
        var periodsPerYear = PeriodsPerYear.Infer(benchmark.Times);
        var days = ByDay(benchmark);
        var steps = new long[benchmark.Count - 1];
        for (var i = 0; i < steps.Length; i++) steps[i] = benchmark.Times[i + 1] - benchmark.Times[i];
        Array.Sort(steps);
        return new BenchmarkComparison(EquityStatistics.Of(benchmark, periodsPerYear, catalogue: metrics),
            EquityStatistics.Of(days, PeriodsPerYear.Infer(days.Times), catalogue: metrics),
            BenchmarkStatistics.Of(portfolio, benchmark, periodsPerYear), TimeSpan.FromTicks(steps[steps.Length / 2]));
    }

    /// <summary>
    /// Stamped by their days alone, each with its last value; before them the very first value where its day has several, so that no return
    /// is left out. It belongs to that day: there is no day before the record.
    /// </summary>
    public static EquityCurve ByDay(EquityCurve curve)
    {
        var times = new List<long>();
        var values = new List<double>();
        static long Day(long time) => time - time % TimeSpan.TicksPerDay;
        for (var i = 0; i < curve.Count; i++)
        {
            // The first value stands at its day's begin, the end of that day a tick later.
            var day = Day(curve.Times[i]) + (i > 0 && Day(curve.Times[i]) == Day(curve.Times[0]) ? 1 : 0);
            if (times.Count > 0 && times[^1] == day) values[^1] = curve.Values[i];
            else
            {
                times.Add(day);
                values.Add(curve.Values[i]);
            }
        }
        return new EquityCurve([.. times], [.. values]);
    }
}
