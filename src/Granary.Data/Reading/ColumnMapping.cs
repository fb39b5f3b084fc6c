namespace Granary.Data.Reading;

/// <summary>
/// Maps the columns of a file, by header text or by number from 1, such as "3". Columns that are not named are found by the header; a file
/// without a header needs time, open, high, low and close. A date and a time of day in two columns are <see cref="Time"/> and
/// <see cref="TimeOfDay"/>.
/// </summary>
public sealed record ColumnMapping(string? Time = null, string? Open = null, string? High = null, string? Low = null, string? Close = null)
{
    /// <summary>Example of a column mapping, for messages.</summary>
    internal const string Example =
        """ "columns": { "time": "Datum", "open": "Start", "high": "Hoch", "low": "Tief", "close": "Schluss" } in the batch's data """
        + """section, or --columns "time=Datum;open=Start;high=Hoch;low=Tief;close=Schluss" (names or numbers from 1)""";

    /// <summary>The question whether a column names the market of each row, with the two answers.</summary>
    internal static string SymbolQuestion(string column) =>
        $"say whether '{column}' names the market: --columns \"symbol={column}\" if it does, --columns \"symbol=\" if not (\"columns\": {{ "
            + $"\"symbol\": \"{column}\" }} in a batch, or \"\")";

    public string? TimeOfDay { get; init; }

    public string? AdjustedClose { get; init; }

    public string? Volume { get; init; }

    /// <summary>The column that names the market of each row; empty if no column does; null to find it by its name.</summary>
    public string? Symbol { get; init; }

    /// <summary>Whether a column of times, prices or volumes is named.</summary>
    internal bool NamesValues => (Time ?? TimeOfDay ?? Open ?? High ?? Low ?? Close ?? AdjustedClose ?? Volume) is not null;

    /// <summary>Whether all columns that each table has are named.</summary>
    internal bool IsComplete => Time is not null && Open is not null && High is not null && Low is not null && Close is not null;
}
