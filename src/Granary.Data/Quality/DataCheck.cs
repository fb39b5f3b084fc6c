using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>The use case behind <c>data check</c>, and what a report says of its bars.</summary>
public static class DataCheck
{
    /// <summary>Looks through opened bars.</summary>
    public static async Task<QualityReport> SeriesAsync(IBarSeries series, CancellationToken cancellationToken = default)
    {
        var analyser = new BarQualityAnalyser(series.Instrument, series.Timeframe);
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false)) analyser.Add(block);
        return analyser.Finish([.. series.Notes.Select(n => new Finding(Severity.Info, QualityCheck.Row, series.Instrument.Symbol, n,
            "nothing, if that is meant"))]);
    }

    /// <summary>Looks through a market of a source. A file's faulty rows are findings here, not exceptions.</summary>
    /// <exception cref="BarDataException">The market is not there, or its file is not of a known format.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static async Task<QualityReport> RunAsync(IBarSource source, BarQuery query, CancellationToken cancellationToken = default)
    {
        if (source is CsvBarSource files)
            return await Task.Run(() => FileCheck.Run(files.PathsOf(query), query, files.Options, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        await using var series = await source.OpenAsync(query, cancellationToken).ConfigureAwait(false);
        return await SeriesAsync(series, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks through one file.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static Task<QualityReport> FileAsync(string path, BarQuery query, BarFileOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Task.Run(() => FileCheck.Run([path], query, options ?? new BarFileOptions(), cancellationToken), cancellationToken);
}
