using Granary.Engine.Catalogues;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Columns;

/// <summary>The keys of an entry of a batch file's <c>data.asof</c>: columns of a slower series in a file of its own.</summary>
internal sealed record AsofKeys
{
    [Key("a table with a header: a time, columns of numbers, and a symbol in each row if it is not for all symbols", Offers = "file",
        Without = "required")]
    public required Address File { get; init; }

    [Key("columns of numbers, by their names in the header", Without = "required")]
    public required IReadOnlyList<string> Columns { get; init; }

    [Key("text before each name, such as `news.`: the factor is then `column(news.score)`", Without = "none")]
    public string As { get; init; } = "";

    [Key("time from the stamp of a row until it is known, such as `90m` or `1d`; of a date without a time from the end of that day on",
        Without = "none")]
    public TimeSpan? Delay { get; init; }

    [Key("the column of the symbols; empty if the rows are for all symbols", Without = "the one that is called as in bar files")]
    public string? Symbol { get; init; }

    [Key("IANA zone, such as `America/New_York`, of times without one, and of the days of dates")]
    public string TimeZone { get; init; } = "UTC";

    [Key("whether a time at midnight is a day, whose row is known at its end", Without = "if all times of the file are midnights")]
    public bool? Days { get; init; }

    /// <summary>Names of the further columns that the bars get, in the order of <see cref="Columns"/>.</summary>
    internal IEnumerable<string> Names => Columns.Select(c => As + c);
}
