namespace Granary.Recompute.Tests.Markets;

/// <summary>How many bars a year has, by docs/report.md: 252 sessions of five days, 365 of seven; of intraday bars those of a session.
/// </summary>
internal static class Calendar
{
    public static double PeriodsPerYear(IReadOnlyList<DateTime> times)
    {
        var days = times.GroupBy(t => t.Date).Select(g => (Day: g.Key, Rows: (double)g.Count())).ToList();
        var stray = ((DayOfWeek[])[DayOfWeek.Saturday, DayOfWeek.Sunday]).Where(d => IsStray(days.ConvertAll(x => x.Day), d)).ToList();
        days.RemoveAll(d => stray.Contains(d.Day.DayOfWeek));
        var week = days.Where(d => !IsWeekend(d.Day.DayOfWeek)).ToList();
        var weekend = days.Where(d => IsWeekend(d.Day.DayOfWeek)).ToList();
        double Fill(Func<DayOfWeek, bool> of)
        {
            var (present, missed) = Shown(days.ConvertAll(d => d.Day), of);
            return (double)present / (present + missed);
        }
        // The Sunday evening of a market that closes on Saturdays belongs to Monday's session, and a night that ends on Saturday to
        // Friday's. Days of the weekend are sessions where they are at least half as long as the others, and miss no more than a fifth.
        var isWhole = stray.Count == 0 && weekend.Exists(d => d.Day.DayOfWeek == DayOfWeek.Saturday)
            && (week.Count == 0 || 2 * weekend.Average(d => d.Rows) >= week.Average(d => d.Rows)
                && Fill(IsWeekend) >= 0.8 * Fill(d => !IsWeekend(d)));
        var steps = times.Zip(times.Skip(1), (a, b) => b - a).Order().ToList();
        return (steps[steps.Count / 2] >= TimeSpan.FromHours(20) ? days.Count : days.Sum(d => d.Rows))
            / (isWhole ? days.Count : week.Count) * (isWhole ? 365 : 252);
    }

    private static bool IsWeekend(DayOfWeek day) => day is DayOfWeek.Saturday or DayOfWeek.Sunday;

    // Rows on fewer than a third of the Saturdays, or on one of two or three.
    private static bool IsStray(List<DateTime> days, DayOfWeek of)
    {
        var (present, missed) = Shown(days, d => d == of);
        return missed > 0 && (present == 1 || missed > 2 * present);
    }

    // Those within a hole of more than a week are not missed.
    private static (int Present, int Missed) Shown(List<DateTime> days, Func<DayOfWeek, bool> of) => (days.Count(d => of(d.DayOfWeek)),
        days.Zip(days.Skip(1)).Where(p => (p.Second - p.First).TotalDays <= 7).Sum(p =>
            Enumerable.Range(1, (p.Second - p.First).Days - 1).Count(i => of(p.First.AddDays(i).DayOfWeek))));
}
