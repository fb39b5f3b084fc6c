using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Markets;

/// <summary>A bar of the tests' own making or reading; <paramref name="Time"/> is its open time, UTC.</summary>
internal readonly record struct MarketBar(DateTime Time, double Open, double High, double Low, double Close, double Volume)
{
    /// <summary>Reads a file with the columns time, open, high, low, close and volume.</summary>
    public static List<MarketBar> Read(string path)
    {
        var table = CsvTable.Read(path);
        var time = table.Columns.First();
        return [.. table.Rows.Select(r => new MarketBar(table.Time(r, time), table.Number(r, "open"), table.Number(r, "high"),
            table.Number(r, "low"), table.Number(r, "close"), table.Number(r, "volume")))];
    }

    /// <param name="stamp">How the file writes a bar's time; null for ISO 8601 with a Z.</param>
    public static void Write(string path, IEnumerable<MarketBar> bars, Func<DateTime, string>? stamp = null)
    {
        stamp ??= t => $"{t:yyyy-MM-ddTHH:mm:ssZ}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, bars.Select(b => $"{stamp(b.Time)},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}")
            .Prepend("time,open,high,low,close,volume"));
    }
}
