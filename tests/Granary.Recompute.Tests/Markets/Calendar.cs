namespace Granary.Recompute.Tests.Markets;

/// <summary>How many bars a year has, by the contract: 252 for daily equities, 365 for daily crypto, measured for intraday bars.</summary>
internal static class Calendar
{
    public static double PeriodsPerYear(IReadOnlyList<DateTime> times)
    {
        var hasSaturdays = times.Any(t => t.DayOfWeek == DayOfWeek.Saturday);
        var daysPerYear = hasSaturdays ? 365.0 : 252.0;
        var steps = times.Zip(times.Skip(1), (a, b) => b - a).Order().ToList();
        var days = times.Select(t => t.Date).Distinct().ToList();
        // The Sunday evening of a market that closes on Saturdays belongs to Monday's session.
        double tradingDays = days.Count(d => hasSaturdays || d.DayOfWeek != DayOfWeek.Sunday);
        return (steps[steps.Count / 2] >= TimeSpan.FromHours(20) ? days.Count : times.Count) / tradingDays * daysPerYear;
    }
}
