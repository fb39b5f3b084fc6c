namespace Granary;

/// <summary>The keys of a batch's <c>data.asof</c>.</summary>
public sealed record BatchAsof
{
    /// <summary>A table with a header: a time, columns of numbers, and a symbol in each row if it is not for all symbols.</summary>
    public required string File { get; init; }

    /// <summary>Columns of numbers, by their names in the header.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Text before each name, such as news.: the factor is then column(news.score).</summary>
    public string? As { get; init; }

    /// <summary>
    /// Time from the stamp of a row until it is known, such as 90m or 1d; of a date without a time from the end of that day on.
    /// </summary>
    public string? Delay { get; init; }

    /// <summary>The column of the symbols; empty if the rows are for all symbols.</summary>
    public string? Symbol { get; init; }

    /// <summary>IANA zone, such as America/New_York, of times without one, and of the days of dates; default <c>UTC</c>.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Whether a time at midnight is a day, whose row is known at its end.</summary>
    public bool? Days { get; init; }
}
