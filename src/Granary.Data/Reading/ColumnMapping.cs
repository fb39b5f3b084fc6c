using Granary.Engine.Catalogues;

namespace Granary.Data.Reading;

/// <summary>
/// Maps the columns of a file, by header text or by number from 1, such as "3". Columns that are not named are found by the header; a file
/// without a header needs time, open, high, low and close. A date and a time of day in two columns are <see cref="Time"/> and
/// <see cref="TimeOfDay"/>.
/// </summary>
public sealed record ColumnMapping
{
    // The word of Key.Offers for a column, which is given by its text in the header or its number.
    private const string Column = "column";

    /// <summary>Example of a column mapping, for messages.</summary>
    internal const string Example =
        """ "columns": { "time": "Datum", "open": "Start", "high": "Hoch", "low": "Tief", "close": "Schluss" } in the batch's data """
        + """section, or --columns "time=Datum;open=Start;high=Hoch;low=Tief;close=Schluss" (names or numbers from 1)""";

    /// <summary>The question whether a column names the market of each row, with the two answers.</summary>
    internal static string SymbolQuestion(string column) =>
        $"say whether '{column}' names the market: --columns \"symbol={column}\" if it does, --columns \"symbol=\" if not (\"columns\": {{ "
            + $"\"symbol\": \"{column}\" }} in a batch, or \"\")";

    [Key("of the time, or of the date", Offers = Column, Without = "found by its name")]
    public string? Time { get; init; }

    [Key("of a time of day beside a date", Offers = Column, Without = "found by its name")]
    public string? TimeOfDay { get; init; }

    [Key("of the open", Offers = Column, Without = "found by its name")]
    public string? Open { get; init; }

    [Key("of the high", Offers = Column, Without = "found by its name")]
    public string? High { get; init; }

    [Key("of the low", Offers = Column, Without = "found by its name")]
    public string? Low { get; init; }

    [Key("of the close", Offers = Column, Without = "found by its name")]
    public string? Close { get; init; }

    [Key("of the adjusted close", Offers = Column, Without = "found by its name")]
    public string? AdjustedClose { get; init; }

    [Key("of the volume", Offers = Column, Without = "found by its name")]
    public string? Volume { get; init; }

    /// <summary>The column that names the market of each row; empty if no column does; null to find it by its name.</summary>
    [Key("that names the market of each row; empty if none does", Offers = Column, Without = "found by its name")]
    public string? Symbol { get; init; }

    /// <summary>Whether a column of times, prices or volumes is named.</summary>
    internal bool NamesValues => (Time ?? TimeOfDay ?? Open ?? High ?? Low ?? Close ?? AdjustedClose ?? Volume) is not null;

    /// <summary>Whether all columns that each table has are named.</summary>
    internal bool IsComplete => Time is not null && Open is not null && High is not null && Low is not null && Close is not null;
}
