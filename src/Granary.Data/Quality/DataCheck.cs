using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>Implements <c>data check</c>, and the bar quality section of reports.</summary>
internal static class DataCheck
{
    /// <summary>Checks the bars of an opened series.</summary>
    /// <param name="clock">By which bars are closed; null for the system's.</param>
    public static async Task<QualityReport> SeriesAsync(IBarSeries series, CancellationToken cancellationToken = default,
        TimeProvider? clock = null)
    {
        var unclosed = new UnclosedBars(series.Instrument.Calendar, series.Timeframe, (clock ?? TimeProvider.System).GetUtcNow().UtcTicks);
        var analyser = new BarQualityAnalyser(series.Instrument, series.Timeframe);
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            analyser.Add(block);
            unclosed.Add(block.Time);
        }
        return analyser.Finish([.. series.Notes.Select(n => new Finding(Severity.Info, QualityCheck.Row, series.Instrument.Symbol, n,
            "nothing, if that is meant"))]).With(unclosed);
    }

    /// <summary>Checks a market of a source. Faulty rows of a file are findings, not exceptions.</summary>
    /// <exception cref="BarDataException">The market does not exist, or its file's format is unknown.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static async Task<QualityReport> RunAsync(IBarSource source, BarQuery query, CancellationToken cancellationToken = default)
    {
        if (source is CsvBarSource files)
            return await Task.Run(() => FileCheck.Run(files.PathsOf(query), query, files.Options, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        await using var series = await source.OpenAsync(query, cancellationToken).ConfigureAwait(false);
        return await SeriesAsync(series, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks one file.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static Task<QualityReport> FileAsync(string path, BarQuery query, BarFileOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Task.Run(() => FileCheck.Run([path], query, options ?? new BarFileOptions(), cancellationToken), cancellationToken);
}
