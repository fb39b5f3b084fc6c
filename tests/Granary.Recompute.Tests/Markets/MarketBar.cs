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

    public static void Write(string path, IEnumerable<MarketBar> bars)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, bars.Select(b => $"{b.Time:yyyy-MM-ddTHH:mm:ssZ},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}")
            .Prepend("time,open,high,low,close,volume"));
    }
}
