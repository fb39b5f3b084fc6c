namespace Granary.Engine.Analysis;

/// <summary>How many of a curve's periods a year has: the number under the root of an annualised deviation.</summary>
public static class PeriodsPerYear
{
    private const double Day = TimeSpan.TicksPerDay;

    /// <summary>
    /// From the times alone: by the median step yearly 1, quarterly 4, monthly 12, weekly 52; daily 252, or 365 where there are
    /// Saturdays; intraday the bars per distinct UTC day, times 252 or 365.
    /// </summary>
    /// <remarks>Saturdays, and not Sundays, tell a market that never closes: sessions of futures and currencies open on Sunday evening UTC.
    /// Such a Sunday's bars count, but not as a day of their own: a year of daily bars from Sunday to Friday has 252 · 6/5.</remarks>
    /// <param name="times">UTC ticks, strictly increasing.</param>
    /// <returns>NaN for fewer than two times.</returns>
    public static double Infer(ReadOnlySpan<long> times) => Infer(times, tradingDaysPerYear: 0);

    /// <summary>As <see cref="Infer(ReadOnlySpan{long})"/>, where the calendar is known.</summary>
    /// <param name="tradingDaysPerYear">252 or 365; 0 to tell by the weekends.</param>
    public static double Infer(ReadOnlySpan<long> times, int tradingDaysPerYear)
    {
        if (times.Length < 2) return double.NaN;
        var continuous = false;
        long days = 0, lastDay = -1;
        foreach (var time in times)
        {
            var day = time / TimeSpan.TicksPerDay;
            var ofWeek = day % 7; // tick zero is a Monday
            if (ofWeek == 5) continuous = true;
            if (day == lastDay) continue;
            lastDay = day;
            days++;
        }
        double daysPerYear = tradingDaysPerYear > 0 ? tradingDaysPerYear : continuous ? 365 : 252;
        var step = MedianStep(times) / Day;
        double tradingDays = Math.Max(1, continuous ? days : days - Sundays(times));
        return step < 0.9 ? times.Length / tradingDays * daysPerYear : OfSteps(step) ?? days / tradingDays * daysPerYear;
    }

    /// <summary>Weeks, months, quarters or years, by the days from one time to the next.</summary>
    /// <returns>Null for steps of days.</returns>
    internal static double? OfSteps(double days) => days switch
    {
        < 4.5 => null,
        < 20 => 52,
        < 60 => 12,
        < 200 => 4,
        _ => 1,
    };

    private static long Sundays(ReadOnlySpan<long> times)
    {
        long found = 0, lastDay = -1;
        foreach (var time in times)
        {
            var day = time / TimeSpan.TicksPerDay;
            if (day % 7 == 6 && day != lastDay) found++;
            lastDay = day;
        }
        return found;
    }

    private static long MedianStep(ReadOnlySpan<long> times)
    {
        // A few thousand steps tell as much as millions; the first ones keep it a pure function of the curve's beginning.
        var steps = new long[Math.Min(times.Length - 1, 4096)];
        for (var i = 0; i < steps.Length; i++) steps[i] = times[i + 1] - times[i];
        Array.Sort(steps);
        return steps[steps.Length / 2];
    }
}
