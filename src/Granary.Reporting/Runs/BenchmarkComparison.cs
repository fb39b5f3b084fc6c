using Granary.Engine.Analysis;

namespace Granary.Reporting.Runs;

/// <summary>A portfolio's curve against a benchmark's, by days, so that markets with different hours meet.</summary>
public static class BenchmarkComparison
{
    /// <param name="closes">Day or hour ends, as <see cref="RunModel.Closes"/>.</param>
    public static BenchmarkStatistics Of(EquityCurve closes, EquityCurve benchmark)
    {
        var days = ByDay(closes);
        // Where the curve has several rows a day, its own periods are no days.
        var perYear = days.Count < closes.Count ? 252 : EquityStatistics.Of(closes).PeriodsPerYear;
        return BenchmarkStatistics.Of(days, ByDay(benchmark), perYear);
    }

    /// <summary>Stamped by their days alone, each with its last value.</summary>
    public static EquityCurve ByDay(EquityCurve curve)
    {
        var times = new List<long>();
        var values = new List<double>();
        for (var i = 0; i < curve.Count; i++)
        {
            var day = curve.Times[i] - curve.Times[i] % TimeSpan.TicksPerDay;
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
