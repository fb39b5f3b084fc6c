using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Simulation.Tables;

namespace Granary.Simulation.Columns;

/// <summary>The columns and times of a slower series' rows.</summary>
/// <param name="Time">Index of the column of times.</param>
/// <param name="Symbol">Index of the column of symbols; -1 if the rows are for all symbols.</param>
/// <param name="AreDays">Whether a time at midnight is a day, which is known at its end.</param>
/// <param name="Note">What the reader of a result should know of it; null for nothing.</param>
internal sealed record AsofShape(int Time, int Symbol, bool AreDays, string? Note)
{
    /// <summary>Decides it from the whole file.</summary>
    /// <exception cref="BarDataException">The file is no table, lacks a column, or a time is invalid; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static AsofShape Of(AsofKeys keys, TableFormatCatalogue? formats)
    {
        var (path, files) = (keys.File.Path!, keys.File.Files);
        using var table = DataTable.Open(path, files, formats);
        var time = table.NeedTime();
        var symbol = keys.Symbol switch
        {
            null => SymbolSample.Of(path, files, formats, [.. keys.Columns.Select(table.PlaceOf)], time,
                name => $"write \"symbol\": \"{name}\" if it names the symbol of each row, or \"symbol\": \"\" if the rows are for all"),
            "" => -1,
            var named => table.Need(named),
        };
        if (keys.Days is { } said) return new AsofShape(time, symbol, said, null);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(keys.TimeZone);
        var (count, dates) = (0, 0);
        for (; table.Next(); count++)
        {
            var (text, ticks) = (table.Text(time).Trim(), table.Time(time));
            if (IsDate(text)) dates++;
            else if (!TimeText.IsMidnight(text) && !IsMidnight(zone, ticks)) return new AsofShape(time, symbol, false, null);
        }
        return new AsofShape(time, symbol, true, dates == count ? null
            : $"all times of {keys.File.Written} {TableNotes.Midnights} and is known at the end of that day; if it is known at its time, "
                + "write \"days\": false");
    }

    /// <summary>Whether a text is a date without a time.</summary>
    public static bool IsDate(string text) => TimeText.TryRead(text, out _, out var zoned) && zoned is null
        && !(text.Length is 10 or 13 && text.All(char.IsAsciiDigit));

    private static bool IsMidnight(TimeZoneInfo zone, long ticks) => (ticks + WallClock.OffsetAt(zone, ticks)) % TimeSpan.TicksPerDay == 0;
}
