using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Tests;

/// <summary>Reads whole files, for tests.</summary>
public static class Read
{
    public static List<Bar> Bars(string path, string timeframe = "1d", BarFileOptions? options = null,
        string symbol = "X") => All(Open(path, timeframe, options, symbol: symbol));

    internal static BarFileSeries Open(string path, string timeframe = "1d", BarFileOptions? options = null, long? from = null,
        long? to = null, string symbol = "X") =>
        BarFile.OpenAsync(path, new BarQuery(symbol, Timeframe.Parse(timeframe), from, to), options).AsTask().GetAwaiter().GetResult();

    public static List<Bar> All(IBarSeries series, int blockSize = IBarSeries.DefaultBlockSize) =>
        AllAsync(series, blockSize).GetAwaiter().GetResult();

    private static async Task<List<Bar>> AllAsync(IBarSeries series, int blockSize)
    {
        var bars = new List<Bar>();
        await foreach (var block in series.ReadAsync(blockSize))
        {
            block.FirstIndex.ShouldBe(bars.Count);
            for (var i = 0; i < block.Count; i++) bars.Add(block[i]);
        }
        bars.Count.ShouldBe((int)series.Count);
        return bars;
    }

    public static string Fault(string path, string timeframe = "1d", BarFileOptions? options = null,
        string symbol = "X")
    {
        var fault = Should.Throw<BarDataException>(() => Bars(path, timeframe, options, symbol)).Message;
        fault.ShouldNotContain("\n");
        return fault;
    }

    public static long Utc(string time) =>
        DateTime.Parse(time, System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal).Ticks;
}
