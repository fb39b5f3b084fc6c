namespace Granary.Data.Reading;

/// <summary>
/// Maps the columns of a file with any layout, by header text or by number from 1, such as "3". Time, open, high, low and close are
/// required. A date and a time of day in two columns are <see cref="Time"/> and <see cref="TimeOfDay"/>.
/// </summary>
public sealed record ColumnMapping(string Time, string Open, string High, string Low, string Close)
{
    /// <summary>Example of a column mapping, for messages.</summary>
    internal const string Example =
        """ "columns": { "time": "Datum", "open": "Start", "high": "Hoch", "low": "Tief", "close": "Schluss" } in the batch's data """
        + """section, or --columns "time=Datum;open=Start;high=Hoch;low=Tief;close=Schluss" (names or numbers from 1)""";

    public string? TimeOfDay { get; init; }

    public string? AdjustedClose { get; init; }

    public string? Volume { get; init; }
}
