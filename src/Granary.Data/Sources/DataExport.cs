using Granary.Data.BarFiles;
using Granary.Engine.Market;

namespace Granary.Data.Sources;

/// <summary>The use case behind <c>data export</c>: bars of any source back to CSV.</summary>
public static class DataExport
{
    /// <exception cref="BarDataException">The source does not have the bars.</exception>
    /// <exception cref="BarStoreException">The disk failed; the file, if there was one, is as it was.</exception>
    public static async Task<ExportResult> RunAsync(IBarSource source, BarQuery query, string path,
        CancellationToken cancellationToken = default)
    {
        await using var series = await source.OpenAsync(query, cancellationToken).ConfigureAwait(false);
        var count = await BarCsvWriter.WriteAsync(path, series.Timeframe, series.ReadAsync(cancellationToken: cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return new ExportResult(path, query.Symbol, series.Timeframe, count, series.ContentHash);
    }
}
