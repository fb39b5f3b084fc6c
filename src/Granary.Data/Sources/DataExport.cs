using Granary.Data.BarFiles;
using Granary.Data.Resampling;
using Granary.Data.Stores;
using Granary.Engine.Market;

namespace Granary.Data.Sources;

/// <summary>
/// The use case behind <c>data export</c>: bars of a store back to CSV, at a timeframe that it has or at a multiple of one.
/// </summary>
public static class DataExport
{
    /// <exception cref="BarDataException">The store does not have the bars, nor shorter ones that they can be built from.</exception>
    /// <exception cref="BarStoreException">The disk failed; the file, if there was one, is as it was.</exception>
    public static async Task<ExportResult> RunAsync(IBarStore store, BarQuery query, string path,
        CancellationToken cancellationToken = default)
    {
        var stored = (await store.ListAsync(cancellationToken).ConfigureAwait(false)).Where(m => m.Symbol == query.Symbol)
            .Select(m => m.Timeframe).OrderBy(t => t.Ticks).ToList();
        // The longest that divides it: the fewest bars to read. A symbol that is not there is the source's to report.
        var from = stored.Count == 0 ? query.Timeframe : stored.FindLast(query.Timeframe.IsMultipleOf);
        if (from == default)
            throw new BarDataException($"timeframe: {store.Name} has {string.Join(", ", stored)} bars of {query.Symbol}, of which no "
                + $"{query.Timeframe} bars can be built; name one of these or a multiple");
        await using var series = await new ResampledBarSource(store.Source(adjust: false), from).OpenAsync(query, cancellationToken)
            .ConfigureAwait(false);
        var count = await BarCsvWriter.WriteAsync(path, series.Timeframe, series.ReadAsync(cancellationToken: cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return new ExportResult(path, query.Symbol, series.Timeframe, from, count, series.ContentHash);
    }
}
