using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Learning.Tracking;
using Granary.Simulation.Json;
using Granary.Simulation.Tables;
using Granary.Storage.Addresses;

namespace Granary.Trading.Track;

/// <summary>Replicates an index with few names: from a panel of returns, or from the prices of a universe.</summary>
public static class TrackIndex
{
    /// <summary>From a panel or a universe of files, as the options say.</summary>
    /// <param name="indexFile">The file of the index; null where it is a column of the panel.</param>
    /// <param name="files">How bar files are read.</param>
    /// <exception cref="InputException">An option is wrong.</exception>
    /// <exception cref="BarDataException">A file, a column or an option cannot be used; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk refused.</exception>
    public static async Task<TrackResult> RunAsync(TrackOptions options, Address? indexFile, BarFileOptions files,
         CancellationToken cancellationToken)
    {
        var request = options.ToRequest();
        bool? arePrices = options.Prices ? true : options.Returns ? false : null;
        if (options.Panel is { } panel) return FromPanel(panel.Path!, options.Index, request, arePrices);
        var source = new CsvBarSource(options.Universe!.Path!, files) { Admits = options.Universe.Reaches };
        var symbols = await source.ListSymbolsAsync(Timeframe.D1, cancellationToken).ConfigureAwait(false);
        var index = await ClosesAsync(new CsvBarSource(Path.GetDirectoryName(indexFile!.Path)!, files),
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

    /// <param name="panelFile">A CSV of prices or returns: a date and a column for each name.</param>
    /// <param name="index">The column that is replicated.</param>
    /// <param name="arePrices">What the panel holds; null tells it by its values, and adds a note.</param>
    /// <exception cref="BarDataException">The file, the column or an option cannot be used; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk refused.</exception>
    public static TrackResult FromPanel(string panelFile, string index, TrackRequest request, bool? arePrices = null)
    {
        var table = TimeTable.Read(panelFile);
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

    /// <param name="indexCloses">The index's prices; its dates are the panel's.</param>
    /// <param name="symbols">The universe.</param>
    /// <param name="closesOf">The port through which a host supplies a symbol's closes, from files or a store.</param>
    /// <exception cref="BarDataException">
    /// Nothing of the universe covers the index's dates, or an option cannot be used; one sentence.
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

    /// <summary>The same for returns that are in memory already.</summary>
    /// <param name="times">UTC ticks of each period.</param>
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
        try
        {
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
        catch (ArgumentException e)
        {
            throw new BarDataException(e.Message, e);
        }
    }
}
