using Granary.Data.BarFiles;
using Granary.Data.Resampling;
using Granary.Data.Stores;
using Granary.Engine.Market;

namespace Granary.Data.Sources;

/// <summary>
/// Implements <c>data export</c>: writes bars of a store to CSV, at a stored timeframe or at a multiple of one.
/// </summary>
internal static class DataExport
{
    /// <exception cref="BarDataException">The store has neither the bars nor shorter ones to build them from.</exception>
    /// <exception cref="BarStoreException">The disk failed; an existing file is unchanged.</exception>
    /// <param name="session">The sessions of the market; null for its instrument's.</param>
    public static async Task<ExportResult> RunAsync(IBarStore store, BarQuery query, string path, SessionCalendar? session = null,
        CancellationToken cancellationToken = default)
    {
        var stored = (await store.ListAsync(cancellationToken).ConfigureAwait(false)).Where(m => m.Symbol == query.Symbol)
            .Select(m => m.Timeframe).OrderBy(t => t.Ticks).ToList();
        // The longest timeframe that divides it has the fewest bars to read. The source reports a missing symbol.
        var from = stored.Count == 0 ? query.Timeframe : stored.FindLast(query.Timeframe.IsMultipleOf);
        if (from == default)
            throw new BarDataException($"timeframe: {store.Name} has {string.Join(", ", stored)} bars of {query.Symbol}, of which no "
                + $"{query.Timeframe} bars can be built; name one of these or a multiple");
        var source = new ResampledBarSource(store.Source(adjust: false), from, session);
        var columns = await source.ListColumnsAsync(query, cancellationToken).ConfigureAwait(false);
        await using var series = await source.OpenAsync(query with { Columns = columns }, cancellationToken).ConfigureAwait(false);
        var count = await BarCsvWriter.WriteAsync(path, series.Timeframe, series.ReadAsync(cancellationToken: cancellationToken),
            series.Columns, cancellationToken).ConfigureAwait(false);
        return new ExportResult(path, query.Symbol, series.Timeframe, from, count, series.ContentHash, series.Notes);
    }
}
