namespace Granary.Data.Quality;

/// <summary>The days on which one market has no bars although it usually trades then.</summary>
/// <param name="First">The day of the first bar.</param>
/// <param name="Last">The day of the last bar.</param>
internal readonly record struct MarketMissingDays(DateOnly First, DateOnly Last, IReadOnlyList<DateOnly> Missing);

/// <summary>Finds days that are missing in all markets whose bars cover them: the markets were closed, or the source lost these
/// days.</summary>
internal static class SharedMissingDays
{
    private const int Shown = 5;

    /// <summary>Returns the shared missing days in order.</summary>
    public static IReadOnlyList<DateOnly> Of(IReadOnlyList<MarketMissingDays> markets) =>
    [
        .. markets.SelectMany(m => m.Missing).GroupBy(d => d).OrderBy(g => g.Key)
            .Where(g => g.Count() == markets.Count(m => m.First <= g.Key && g.Key <= m.Last)).Select(g => g.Key),
    ];

    /// <summary>Formats days for a message, such as "2001-09-11, 2001-09-12 and 3 more days".</summary>
    public static string Text(IReadOnlyList<DateOnly> days)
    {
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        var text = string.Join(", ", days.Take(Shown).Select(d => d.ToString("yyyy-MM-dd", invariant)));
        return days.Count <= Shown ? text : string.Create(invariant, $"{text} and {days.Count - Shown:N0} more days");
    }

    /// <summary>Returns the finding about several markets that were checked together; null if no day is missing in all of them.</summary>
    public static Finding? Finding(IReadOnlyList<QualityReport> reports)
    {
        var days = Of([.. reports.Where(r => r.Bars > 0).Select(r => new MarketMissingDays(Day(r.First), Day(r.Last), r.MissingDays))]);
        if (days.Count == 0 || reports.Count < 2) return null;
        return new Finding(Severity.Info, QualityCheck.Gap, Text([days[0]]),
            $"no symbol has bars on {Text(days)}: a gap that all symbols share is a market closure, unless the source lost those days",
            "nothing, unless the market was open");

        static DateOnly Day(long ticks) => DateOnly.FromDateTime(new DateTime(ticks));
    }
}
