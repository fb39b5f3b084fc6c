using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Engine.Market;

namespace SampleDataPlugin;

/// <summary>A folder of text files with prices turned over: dollars per euro become euros per dollar. Written as
/// <c>inverse:DIR</c>.</summary>
[BarSource("inverse", Form = "inverse:DIR")]
public sealed class InverseSource : IBarSourceFactory
{
    public IBarSource Open(BarSourceRequest request)
    {
        var (folder, start) = (request.Address.Rest, request.Address.Folder);
        if (folder.Length == 0) throw new BarDataException($"source: '{request.Address}' names no folder; write inverse:DIR");
        return new Source(new CsvBarSource(Path.Combine(start, folder), request.Options));
    }

    private sealed class Source(IBarSource files) : IBarSource
    {
        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            files.ListSymbolsAsync(timeframe, cancellationToken);

        public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
        {
            await using var series = await files.OpenAsync(query, cancellationToken);
            var bars = new List<Bar>();
            await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken))
                for (var i = 0; i < block.Count; i++)
                    bars.Add(Inverse(block[i]));
            // A price of 1/p has no fixed number of decimals.
            return new MemoryBarSeries(series.Instrument with { PriceDecimals = 8 }, series.Timeframe, [.. bars], series.Notes);
        }

        // The highest price turned over is the lowest.
        private static Bar Inverse(Bar b) => new(b.Time, 1 / b.Open, 1 / b.Low, 1 / b.High, 1 / b.Close, b.Volume);
    }
}
