namespace Granary.Recompute.Tests.Markets;

/// <summary>How many bars a year has, by the contract: 252 for daily equities, 365 for daily crypto, measured for intraday bars.</summary>
internal static class Calendar
{
    public static double PeriodsPerYear(IReadOnlyList<DateTime> times)
    {
        var daysPerYear = times.Any(t => t.DayOfWeek == DayOfWeek.Saturday) ? 365.0 : 252.0;
        var steps = times.Zip(times.Skip(1), (a, b) => b - a).Order().ToList();
        return steps[steps.Count / 2] < TimeSpan.FromHours(20)
            ? times.Count / (double)times.Select(t => t.Date).Distinct().Count() * daysPerYear
            : daysPerYear;
    }
}
