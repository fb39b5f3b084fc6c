namespace Granary.Data.Quality;

/// <summary>
/// Unscheduled closures of the exchanges of the United States on weekdays. Bars that are missing on these days are not a data fault.
/// </summary>
internal static class ExchangeClosures
{
    private static readonly (DateOnly First, DateOnly Last, string Reason)[] Closures =
    [
        (new(1985, 9, 27), new(1985, 9, 27), "hurricane Gloria"),
        (new(1994, 4, 27), new(1994, 4, 27), "funeral of Richard Nixon"),
        (new(2001, 9, 11), new(2001, 9, 14), "attacks of 11 September 2001"),
        (new(2004, 6, 11), new(2004, 6, 11), "funeral of Ronald Reagan"),
        (new(2007, 1, 2), new(2007, 1, 2), "funeral of Gerald Ford"),
        (new(2012, 10, 29), new(2012, 10, 30), "hurricane Sandy"),
        (new(2018, 12, 5), new(2018, 12, 5), "funeral of George H. W. Bush"),
        (new(2025, 1, 9), new(2025, 1, 9), "funeral of Jimmy Carter"),
    ];

    /// <returns>The reason for the closure on a local day; null if the exchanges were open.</returns>
    public static string? ReasonOf(DateOnly day)
    {
        foreach (var closure in Closures)
            if (day >= closure.First && day <= closure.Last)
                return closure.Reason;
        return null;
    }

    /// <summary>Returns the findings for missing bars that such closures explain.</summary>
    /// <param name="days">Local days without a bar, each with its reason, in order.</param>
    public static IEnumerable<Finding> Findings(IReadOnlyDictionary<DateOnly, string> days) =>
        days.GroupBy(d => d.Value, StringComparer.Ordinal).Select(closure =>
        new Finding(Severity.Info, QualityCheck.Gap, $"{closure.First().Key:yyyy-MM-dd}",
            $"{(closure.Count() == 1 ? "1 weekday has" : $"{closure.Count()} weekdays have")} no bar, since the exchanges of the United "
                + $"States were closed ({closure.Key})",
            "nothing, unless the symbol's market was open"));
}
