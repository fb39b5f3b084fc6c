using System.Text.Json;
using Granary.Contracts.MarketData;
using Granary.Data.Reading;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.MarketData;

namespace Granary.Server.Budgets;

/// <summary>The bars that a caller can see: the data folder's, until the caller's holdout.</summary>
/// <param name="catalogues">Catalogues with the confinement of the caller.</param>
/// <param name="dataFolder">The data folder.</param>
/// <param name="holdout">Time of the last close; null = all bars.</param>
internal sealed class CallerMarkets(GranaryCatalogues catalogues, string dataFolder, DateTimeOffset? holdout)
{
    /// <summary>Lists the sources that a batch can name, with their symbols.</summary>
    /// <param name="own">Further folders, relative to the data folder, such as the caller's uploads.</param>
    /// <param name="skipped">Full paths of folders that are not searched, such as runs and uploads.</param>
    public Task<IReadOnlyList<SourceEntry>> SourcesAsync(IEnumerable<string> own, IReadOnlyCollection<string> skipped,
        CancellationToken cancellationToken = default) =>
        new SourceLibrary(Path.GetFullPath(dataFolder), new BarFileOptions { Formats = catalogues.Formats, Files = catalogues.Files })
            .ListAsync(own, skipped, cancellationToken);

    /// <summary>Opens the bars of a market; the caller disposes of them.</summary>
    /// <param name="source">Address of the source, as <see cref="SourcesAsync"/> lists it.</param>
    /// <param name="query">From and to in UTC ticks.</param>
    /// <exception cref="InputException">The address is not one that the caller may name.</exception>
    /// <exception cref="BarDataException">The source does not have the bars.</exception>
    public async Task<IBarSeries> OpenAsync(string source, BarQuery query, CancellationToken cancellationToken = default)
    {
        var part = JsonPart.Parse("source", JsonSerializer.SerializeToUtf8Bytes(new { data = new { source } }),
            place: catalogues.PlaceOf(dataFolder)).Need("data").Need("source");
        var address = part.Address();
        if (catalogues.Confinement is { OnlyMarkets: true }) LimitedText.CheckSource(address, Path.GetFullPath(dataFolder));
        var opened = HoldoutSource.Of(catalogues.Sources.Open(address), holdout?.UtcTicks);
        return await opened.OpenAsync(query, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the number of bars of a market with the times of the first and the last, UTC ticks.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public async Task<(long Bars, long First, long Last)> SpanAsync(string source, BarQuery query,
        CancellationToken cancellationToken = default)
    {
        await using var series = await OpenAsync(source, query, cancellationToken).ConfigureAwait(false);
        var (bars, first, last) = (0L, 0L, 0L);
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (bars == 0) first = block.Time[0];
            (bars, last) = (bars + block.Count, block.Time[^1]);
        }
        return (bars, first, last);
    }

    /// <summary>Returns the last bars of a query.</summary>
    /// <param name="most">The largest number of bars to return.</param>
    /// <inheritdoc cref="OpenAsync"/>
    public async Task<IReadOnlyList<Bar>> BarsAsync(string source, BarQuery query, int most, CancellationToken cancellationToken = default)
    {
        await using var series = await OpenAsync(source, query, cancellationToken).ConfigureAwait(false);
        var bars = new Queue<Bar>();
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
            for (var i = 0; i < block.Count; i++)
            {
                bars.Enqueue(block[i]);
                if (bars.Count > most) bars.Dequeue();
            }
        return [.. bars];
    }
}
