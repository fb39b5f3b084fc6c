using Granary.Engine.Numerics;

namespace Granary.Reporting.Runs;

/// <summary>Names the period of returns by its length.</summary>
internal static class PeriodName
{
    /// <param name="days">Between two rows, as most are; NaN if unknown.</param>
    public static string Of(double days) => days switch
    {
        < 1 / 24.5 => "bar",
        < 0.9 => "hour",
        < 4.5 => "day",
        < 20 => "week",
        < 60 => "month",
        < 200 => "quarter",
        >= 200 => "year",
        _ => "period",
    };

    /// <summary>The median distance of times, in days; NaN with fewer than two.</summary>
    /// <param name="times">UTC ticks, ascending.</param>
    public static double MedianStep(ReadOnlySpan<long> times)
    {
        var steps = new long[Math.Max(0, Math.Min(times.Length - 1, 4096))];
        for (var i = 0; i < steps.Length; i++) steps[i] = times[i + 1] - times[i];
        Array.Sort(steps);
        return steps.Length == 0 ? double.NaN : Quantile.UpperMedian<long>(steps) / (double)TimeSpan.TicksPerDay;
    }
}
