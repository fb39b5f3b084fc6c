using System.Globalization;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.Lean;

/// <summary>The ticker of a company over a period of days.</summary>
/// <param name="FirstDay">Days since 0001-01-01.</param>
/// <param name="LastDay">Inclusive.</param>
internal sealed record TickerPeriod(string Ticker, int FirstDay, int LastDay);

/// <summary>Reads LEAN's map file. Each row has a ticker and the last day on which it was used; the first row has the first day of
/// trading.</summary>
internal static class LeanMapFile
{
    /// <returns>The periods, oldest first; adjacent periods of one ticker are joined.</returns>
    /// <param name="files">The files that may be opened; null = all.</param>
    /// <exception cref="BarDataException">A row is not a date and a ticker.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static IReadOnlyList<TickerPeriod> Read(string path, PermittedFiles? files = null)
    {
        string[] lines;
        try
        {
            lines = (files ?? PermittedFiles.All).ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Granary.Data.Files.FileFaults.Reading(path, e);
        }
        var rows = new List<(int Day, string Ticker)>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim().Length == 0) continue;
            var f = lines[i].Split(',');
            var ticker = f.Length > 1 ? f[1].Trim().ToLowerInvariant() : "";
            if (ticker.Length == 0 || !ticker.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
                || !DateOnly.TryParseExact(f[0].Trim(), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
                throw BarDataException.At(path, i + 1, null, "this is not a map row", "write it as yyyyMMdd,ticker");
            rows.Add((date.DayNumber, ticker));
        }
        rows.Sort((a, b) => a.Day.CompareTo(b.Day));
        var periods = new List<TickerPeriod>();
        var first = 0;
        foreach (var (day, ticker) in rows)
        {
            if (periods.Count > 0 && periods[^1].Ticker == ticker) periods[^1] = periods[^1] with { LastDay = day };
            else periods.Add(new TickerPeriod(ticker, first, day));
            first = day + 1;
        }
        return periods;
    }
}
