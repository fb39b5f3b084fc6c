using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Numerics;

namespace Granary.Reporting.Runs;

/// <summary>
/// Comparison of a portfolio with its benchmark, on one common series. The series has the rows of the portfolio before which the
/// benchmark had a new bar, from its first bar on. All benchmark figures are computed from this series and annualized with its period.
/// </summary>
/// <param name="Own">Statistics of the benchmark on the series.</param>
/// <param name="Days">Statistics of the benchmark by day, for comparison with the portfolio's daily figures.</param>
/// <param name="Against">The portfolio's statistics against the benchmark, on the series.</param>
/// <param name="MedianStep">The median time between two points of the series.</param>
internal sealed record BenchmarkComparison(EquityStatistics Own, EquityStatistics Days, BenchmarkStatistics Against, TimeSpan MedianStep)
{
    /// <param name="portfolio">The portfolio at the times of the series.</param>
    /// <param name="benchmark">The benchmark at the same times, at least two.</param>
    /// <param name="periodScale">As <see cref="RunModel.PeriodScale"/>.</param>
    public static BenchmarkComparison Of(EquityCurve portfolio, EquityCurve benchmark, MetricCatalogue metrics, double periodScale = 1)
    {
        var periodsPerYear = PeriodsPerYear.Infer(benchmark.Times) * periodScale;
        var days = ByDay(benchmark);
        var steps = new long[benchmark.Count - 1];
        for (var i = 0; i < steps.Length; i++) steps[i] = benchmark.Times[i + 1] - benchmark.Times[i];
        Array.Sort(steps);
        return new BenchmarkComparison(EquityStatistics.Of(benchmark, periodsPerYear, catalogue: metrics),
            EquityStatistics.Of(days, PeriodsPerYear.Infer(days.Times) * periodScale, catalogue: metrics),
            BenchmarkStatistics.Of(portfolio, benchmark, periodsPerYear), TimeSpan.FromTicks(Quantile.UpperMedian<long>(steps)));
    }

    /// <summary>
    /// Returns the last value of each day, stamped with the date. If the first day has several values, its first value precedes them as
    /// part of that day, so no return is omitted.
    /// </summary>
    public static EquityCurve ByDay(EquityCurve curve)
    {
        var times = new List<long>();
        var values = new List<double>();
        static long Day(long time) => time - time % TimeSpan.TicksPerDay;
        for (var i = 0; i < curve.Count; i++)
        {
            // The first value is stamped with the start of its day, the end of that day one tick later.
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
