using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Parquet.Reading;
using Granary.Simulation.Catalogues;
using Granary.Storage.Addresses;

namespace Granary.Parquet.Tests.Reading;

/// <summary>All that a source says of a market.</summary>
internal sealed record Bars(IReadOnlyList<Bar> All, string ContentHash, int PriceDecimals, string Notes)
{
    public static readonly GranaryCatalogues Catalogues =
        GranaryCataloguesBuilder.CreateDefault().AddAssembly(typeof(ParquetTableFormat).Assembly).Build();

    public static IBarSource Source(string address, BarFileOptions? options = null) =>
        Catalogues.Sources.Open(Address.Parse(address), options);

    public static async Task<Bars> Of(string address, string symbol, Timeframe timeframe, BarFileOptions? options = null,
        params string[] columns)
    {
        await using var series = await Source(address, options).OpenAsync(new BarQuery(symbol, timeframe) { Columns = columns });
        var bars = new List<Bar>();
        await foreach (var block in series.ReadAsync())
            for (var i = 0; i < block.Count; i++)
                bars.Add(block[i]);
        return new Bars(bars, series.ContentHash, series.Instrument.PriceDecimals, string.Join("\n", series.Notes));
    }
}
