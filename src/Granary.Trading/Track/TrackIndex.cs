using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Data.Tables;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Learning.Tracking;
using Granary.Simulation.Tables;
using Granary.Storage.Addresses;
using Granary.Storage.Files;

namespace Granary.Trading.Track;

/// <summary>Replicates an index with few names: from a panel of returns, or from the prices of a universe.</summary>
internal static class TrackIndex
{
    /// <summary>Replicates an index from a panel or a universe of files, according to the options.</summary>
    /// <param name="indexFile">The file of the index; null if it is a column of the panel.</param>
    /// <param name="files">The options for reading bar files.</param>
    /// <exception cref="InputException">An option is invalid.</exception>
    /// <exception cref="BarDataException">A file, a column or an option cannot be used; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static async Task<TrackResult> RunAsync(TrackOptions options, Address? indexFile, BarFileOptions files,
         CancellationToken cancellationToken)
    {
        var request = options.ToRequest();
        bool? arePrices = options.Prices ? true : options.Returns ? false : null;
        if (options.Panel is { } panel)
            return FromPanel(panel.Path!, options.Index, request, arePrices, panel.Files, files.Formats?.Tables);
        var source = new CsvBarSource(options.Universe!.Path!, files with { Files = options.Universe.Files });
        var symbols = await source.ListSymbolsAsync(Timeframe.D1, cancellationToken).ConfigureAwait(false);
        var index = await ClosesAsync(new CsvBarSource(Path.GetDirectoryName(indexFile!.Path)!, files with { Files = indexFile.Files }),
            SymbolOf(indexFile.Path!), cancellationToken).ConfigureAwait(false);
        return await FromUniverseAsync(index, symbols, async (s, t) => await ClosesAsync(source, s, t).ConfigureAwait(false), request,
            cancellationToken).ConfigureAwait(false);
    }

    internal static string SymbolOf(string indexFile) => CsvBarSource.SymbolOf(indexFile) ?? Path.GetFileName(indexFile);

    private static async Task<EquityCurve> ClosesAsync(CsvBarSource source, string symbol, CancellationToken cancellationToken)
    {
        var series = await source.OpenAsync(new BarQuery(symbol, Timeframe.D1), cancellationToken).ConfigureAwait(false);
        await using var _ = series.ConfigureAwait(false);
        var times = new List<long>();
        var closes = new List<double>();
        await foreach (var block in series.ReadAsync(BarBlock.MaxCount, cancellationToken).ConfigureAwait(false))
        {
            times.AddRange(block.Time);
            closes.AddRange(block.Close);
        }
        return new EquityCurve([.. times], [.. closes]);
    }

    /// <param name="panelFile">A CSV of prices or returns, with a date and one column for each name.</param>
    /// <param name="index">The column to replicate.</param>
    /// <param name="files">The files that may be opened; null = all.</param>
    /// <param name="formats">The formats of typed tables that the process knows; null = texts alone.</param>
    /// <param name="arePrices">Whether the panel has prices; null to detect it from the values and add a note.</param>
    /// <exception cref="BarDataException">The file, the column or an option cannot be used; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static TrackResult FromPanel(string panelFile, string index, TrackRequest request, bool? arePrices = null,
        PermittedFiles? files = null, TableFormatCatalogue? formats = null)
    {
        var table = TimeTable.Read(panelFile, files: files, formats: formats);
        var at = table.Names.ToList().IndexOf(index);
        if (at < 0)
        {
            var near = Spelling.Nearest(index, table.Names);
            throw BarDataException.At(panelFile, 1, index, "there is no such column", near is null ? "--index names a column of the header"
                : $"did you mean '{near}'?");
        }
        if (table.Names.Count == 1) throw BarDataException.At(panelFile, 1, null, $"'{index}' is the only column",
            "add the names that it is to be replicated with");
        var taken = arePrices ?? PricePanel.AreLikely(table);
        string[] names = [.. table.Names.Where((_, i) => i != at)];
        var (returns, times) = taken ? PricePanel.ReturnsOf(table) : (table.Columns, table.Times);
        double[][] columns = [.. returns.Where((_, i) => i != at)];
        return Run(ReturnPanel.FromColumns(names, columns), returns[at], times, request,
            arePrices is null ? [PricePanel.Note(panelFile, taken)] : []);
    }

    /// <param name="indexCloses">The index's prices, whose dates are the panel's.</param>
    /// <param name="symbols">The symbols of the universe.</param>
    /// <param name="closesOf">Returns a symbol's closes, from files or a store.</param>
    /// <exception cref="BarDataException">
    /// No symbol of the universe covers the index's dates, or an option is invalid. The message is one sentence.
    /// </exception>
    public static async Task<TrackResult> FromUniverseAsync(EquityCurve indexCloses, IReadOnlyList<string> symbols,
        Func<string, CancellationToken, ValueTask<EquityCurve>> closesOf, TrackRequest request,
        CancellationToken cancellationToken = default)
    {
        var universe = new UniversePanel(indexCloses);
        foreach (var symbol in symbols) universe.Add(symbol, await closesOf(symbol, cancellationToken).ConfigureAwait(false));
        var (panel, target, times) = universe.Build();
        return Run(panel, target, times, request, universe.Notes);
    }

    /// <summary>Replicates an index from returns in memory.</summary>
    /// <param name="times">The end of each period, UTC ticks.</param>
    public static TrackResult Run(ReturnPanel panel, double[] target, long[] times, TrackRequest request, IReadOnlyList<string> notes)
    {
        var perYear = request.PeriodsPerYear ?? PeriodsPerYear.Infer(times);
        if (request.PeriodsPerYear is { } given && !(given > 0 && double.IsFinite(given)))
            throw new BarDataException(FormattableString.Invariant(
                $"--periods-per-year {given}: a positive number is needed, such as 252 for daily returns of stocks"));
        if (request.Split is not (> 0 and <= 1))
            throw new BarDataException(FormattableString.Invariant(
                $"--split {request.Split}: use the share of the periods that is fitted, above 0 and at most 1"));
        var fitted = (int)Math.Round(request.Split * panel.Periods);
        if (fitted < 2) throw new BarDataException(
            $"{panel.Periods} periods are too few: at least two must be fitted, so give more dates or a larger --split");
        var whole = fitted == panel.Periods;
        var past = whole ? panel : panel.Slice(0, fitted);
        var fit = MatchingPursuit.Fit(past, target.AsSpan(0, fitted), request.Options);
        return new TrackResult(panel.Names, times, perYear, fit, fit.Assess(past, target.AsSpan(0, fitted), perYear),
            whole ? null : fit.Assess(panel.Slice(fitted, panel.Periods - fitted), target.AsSpan(fitted), perYear),
            request.Window is { } window ? RollingReplication.Of(panel, target, request.Options, window, request.Step, perYear) : null,
            notes)
        {
            Target = target,
            Replica = panel.Combine(fit.Support, fit.Weights),
            Fitted = fitted,
        };
    }
}
