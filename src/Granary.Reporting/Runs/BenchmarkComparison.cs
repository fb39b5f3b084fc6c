using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;

namespace Granary.Reporting.Runs;

/// <summary>A portfolio's curve against a benchmark's, by days, so that markets with different hours meet.</summary>
public static class BenchmarkComparison
{
    /// <param name="closes">Day or hour ends, as <see cref="RunModel.Closes"/>.</param>
    public static BenchmarkStatistics Of(EquityCurve closes, EquityCurve benchmark)
    {
        var days = ByDay(closes);
        return BenchmarkStatistics.Of(days, ByDay(benchmark), DaysPerYear(days));
    }

    /// <summary>The benchmark's own statistics on the days that both curves have.</summary>
    public static EquityStatistics Own(EquityCurve closes, EquityCurve benchmark, MetricCatalogue metrics)
    {
        var days = ByDay(closes).OnCommonTimes(ByDay(benchmark)).Other;
        return EquityStatistics.Of(days, DaysPerYear(days), catalogue: metrics);
    }

    // The start before the first day is no day.
    private static double DaysPerYear(EquityCurve days) =>
        PeriodsPerYear.Infer(days.Count > 2 && days.Times[0] % TimeSpan.TicksPerDay != 0 ? days.Times[1..] : days.Times);

    /// <summary>
    /// Stamped by their days alone, each with its last value; before them the very first value where its day has several, so that no return
    /// is left out.
    /// </summary>
    public static EquityCurve ByDay(EquityCurve curve)
    {
        var times = new List<long>();
        var values = new List<double>();
        static long Day(long time) => time - time % TimeSpan.TicksPerDay;
        if (curve.Count > 1 && Day(curve.Times[0]) == Day(curve.Times[1]))
        {
            times.Add(Day(curve.Times[0]) - 1);
            values.Add(curve.Values[0]);
        }
        for (var i = 0; i < curve.Count; i++)
        {
            var day = Day(curve.Times[i]);
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
