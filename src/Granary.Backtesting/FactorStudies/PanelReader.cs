using System.Collections.Concurrent;
using Granary.Data.Memory;
using Granary.Engine;
using Granary.Engine.Analysis.FactorStudies;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;

namespace Granary.Backtesting.FactorStudies;

/// <summary>Reads the bars of a study symbol by symbol, and makes its panel. It keeps closes and factor values, and no bars.</summary>
internal sealed class PanelReader(FactorStudySpec spec, int threads) : IAsyncDisposable
{
    // Of a value in the panel, of its rank and of its quantile.
    private const int BytesOfValue = sizeof(double), BytesOfRank = sizeof(float) + sizeof(byte);
    private const int MostNamed = 5;

    // The part of a symbol's bars that is kept until the dates of all are known.
    private sealed record SymbolColumns(long[] Times, double[] Prices, double[] Opens, double[][] Values)
    {
        // The last bar of each listing but the last.
        public IReadOnlyList<int> Ends { get; init; } = [];
    }

    private readonly ConcurrentDictionary<string, OpenedMarket> _markets = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];

    /// <summary>The opened markets by symbol; with those that only factors read.</summary>
    public IReadOnlyDictionary<string, OpenedMarket> Markets => _markets;

    /// <summary>The symbols of the study, in the order of the request.</summary>
    public IReadOnlyList<string> Symbols { get; private set; } = [];

    /// <summary>The members over time; null if all symbols always count.</summary>
    public BatchUniverse? Universe { get; private set; }

    /// <summary>Decisions about the bars, one sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <exception cref="InputException">The source, a symbol, a factor or the group file is not usable.</exception>
    /// <exception cref="BarDataException">The bars are invalid.</exception>
    public async Task<FactorPanel> ReadAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        // The file of groups is small, so its faults come before the bars are read.
        var rows = spec.Keys.Group is { } file ? GroupFile.Read(file) : null;
        var source = BatchSources.Open(spec.Catalogues, spec.Data);
        await OpenAsync(source, cancellationToken);
        Universe = await UniverseAsync(source, cancellationToken);
        var columns = new SymbolColumns?[Symbols.Count];
        var done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, columns.Length), Parallelism(cancellationToken), async (s, token) =>
        {
            columns[s] = await ReadAsync(Symbols[s], token);
            var read = Interlocked.Increment(ref done);
            progress?.Report($"{Counted.Of(read, columns.Length, "symbol")} read");
        });
        var times = TimesOf(columns);
        if (times.Length <= spec.Keys.Horizons[^1] + (spec.IsNextOpen ? 1 : 0))
            throw spec.Data.Place.Fault($"the bars have {Counted.Of(times.Length, "date")}, and the longest horizon is "
                + $"{Counted.Of(spec.Keys.Horizons[^1], "bar")}; name a shorter horizon or a longer time");
        Demand((long)times.Length * columns.Length);
        var symbols = new PanelSymbol[columns.Length];
        for (var s = 0; s < symbols.Length; s++)
        {
            symbols[s] = Aligned(Symbols[s], times, columns[s]!);
            columns[s] = null;
        }
        NoteEnded(symbols, times);
        return new FactorPanel(times, symbols, rows is null ? null : GroupsOf(rows, times), spec.IsNextOpen ? 1 : 0);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var market in _markets.Values) await market.Series.DisposeAsync();
    }

    private ParallelOptions Parallelism(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken };

    private async Task OpenAsync(IBarSource source, CancellationToken cancellationToken)
    {
        try
        {
            Symbols = await BatchSources.SymbolsAsync(source, spec.Data, cancellationToken);
        }
        catch (BarDataException e) when (e.Line is null)
        {
            throw spec.Data.Place.Fault(e.Message, e);
        }
        var fewest = 2 * spec.Keys.Quantiles;
        if (Symbols.Count < 2)
            throw spec.Data.Place.Fault($"{Symbols[0]} is the only symbol, and a study ranks several symbols on each date; name at least "
                + $"{fewest}, or test one symbol's features with 'granary features'");
        if (Symbols.Count < fewest)
            throw spec.Data.Place.Fault($"{Counted.Of(Symbols.Count, "symbol")} are too few for {spec.Keys.Quantiles} quantiles of at "
                + $"least two; name at least {fewest}" + (Symbols.Count >= 4 ? $", or ask for {Symbols.Count / 2} quantiles" : ""));
        await OpenAsync(source, Symbols, cancellationToken);
        await BatchSources.CheckColumnsAsync(source, spec.Data, Symbols[0], [.. Symbols.Select(s => _markets[s].Series)],
            cancellationToken);
        Demand(Symbols.Max(s => _markets[s].Series.Count) * Symbols.Count);
        List<string> others = [.. Symbols.SelectMany(s => ColumnsOf(s).ReferenceSymbols).Distinct(StringComparer.Ordinal)
            .Where(s => !_markets.ContainsKey(s)).Order(StringComparer.Ordinal)];
        await OpenAsync(source, others, cancellationToken);
    }

    private async Task OpenAsync(IBarSource source, IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        var faults = new Exception?[symbols.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, symbols.Count), Parallelism(cancellationToken), async (s, token) =>
        {
            ProcessMemory.Check("the bars of this study");
            try
            {
                var series = await WarmUpSpan.OpenAsync(source, spec.Data, spec.ReadFrom, symbols[s], token);
                _markets[symbols[s]] = new OpenedMarket(symbols[s], series, series.Instrument);
            }
            catch (BarDataException e)
            {
                faults[s] = e.Line is null ? spec.Data.Place.Fault(e.Message, e) : e;
            }
        });
        // The first in the order of the symbols, whatever thread was first.
        if (faults.FirstOrDefault(f => f is not null) is { } fault) throw fault;
        foreach (var symbol in symbols)
            foreach (var note in _markets[symbol].Series.Notes)
                _notes.Add($"{symbol}: {note}");
    }

    private async Task<BatchUniverse?> UniverseAsync(IBarSource source, CancellationToken cancellationToken)
    {
        if (spec.Universe is not { } universe) return null;
        if (universe.Rule is not null)
            return await BatchUniverse.RankAsync(universe, spec.Catalogues.Factors, Symbols,
                (symbol, _) => ValueTask.FromResult((_markets[symbol].Series, false)), threads, cancellationToken);
        var members = BatchUniverse.OfFile(universe, spec.Data, Symbols,
            await source.ListSymbolsAsync(spec.Data.Timeframe, cancellationToken));
        _notes.AddRange(UniverseReport.NotesOf(members).Select(n => n.Sentence));
        return members;
    }

    private FactorColumns ColumnsOf(string symbol)
    {
        try
        {
            return new FactorColumns(new MarketSeries(_markets[symbol].Instrument, spec.Data.Timeframe), spec.Factors,
                spec.Catalogues.Factors);
        }
        catch (Exception e) when (e is ArgumentException or InputException)
        {
            throw new InputException($"factors on {symbol}: {e.Message}", e);
        }
    }

    private async Task<SymbolColumns> ReadAsync(string symbol, CancellationToken cancellationToken)
    {
        var factors = ColumnsOf(symbol);
        var (times, closes, opens) = (new List<long>(), new List<double>(), new List<double>());
        var values = spec.Factors.Select(_ => new List<double>()).ToArray();
        var (seen, listing, ends) = (SeenPrices.Of(_markets[symbol].Instrument),
            new ListingCursor(_markets[symbol].Instrument, spec.Data.Timeframe), new List<int>());
        await foreach (var (bars, others) in ReferredBlocks.ReadAsync([symbol, .. factors.ReferenceSymbols], spec.Data.Timeframe, _markets,
            cancellationToken))
        {
            try
            {
                factors.Next(bars, [.. factors.ReferenceSymbols.Select(s => others![s])]);
            }
            catch (InputException e)
            {
                // Another symbol has the column, or the study would not have begun.
                throw new InputException($"factors on {symbol}: {e.Message}", e);
            }
            // Bars before the study warm up its factors.
            var from = 0;
            while (from < bars.Count && bars.Time[from] < spec.Data.From) from++;
            for (var i = 0; i < bars.Count; i++)
                if (listing.IsNew(bars.Time[i]) && times.Count + i - from is > 0 and var first)
                    ends.Add(first - 1);
            times.AddRange(bars.Time[from..]);
            var shown = seen is null ? bars : seen.Of(bars);
            closes.AddRange(shown.Close[from..]);
            if (spec.IsNextOpen) opens.AddRange(shown.Open[from..]);
            for (var f = 0; f < values.Length; f++) values[f].AddRange(factors[f][from..]);
        }
        // A symbol counts on the dates at whose close it is a member, as a batch enters it.
        if (Universe?.Members[symbol] is { } membership)
            for (var i = 0; i < times.Count; i++)
                if (!membership.Contains(spec.Data.Timeframe.CloseOf(times[i])))
                    foreach (var column in values)
                        column[i] = double.NaN;
        return new SymbolColumns([.. times], [.. closes], [.. opens], [.. values.Select(v => v.ToArray())]) { Ends = ends };
    }

    private static long[] TimesOf(IEnumerable<SymbolColumns?> columns)
    {
        var all = new HashSet<long>();
        foreach (var column in columns) all.UnionWith(column!.Times);
        long[] times = [.. all];
        Array.Sort(times);
        return times;
    }

    // Of the whole panel, and of the factor that is being computed.
    private void Demand(long cells)
    {
        if (cells > int.MaxValue)
            throw spec.Data.Place.Fault($"{Counted.Of(cells, "bar")} are more than a study holds ({Counted.Of(int.MaxValue, "bar")}); name "
                + "fewer symbols, a shorter time or longer bars");
        ProcessMemory.Check("the panel of this study", (double)cells * (BytesOfValue * (spec.Factors.Count + 1) + BytesOfRank));
    }

    private PanelSymbol Aligned(string symbol, long[] times, SymbolColumns own)
    {
        double[] Empty()
        {
            var column = new double[times.Length];
            Array.Fill(column, double.NaN);
            return column;
        }

        var (prices, values, last) = (Empty(), own.Values.Select(_ => Empty()).ToArray(), -1);
        var ended = new List<(int, double)>();
        for (var (i, t) = (0, 0); i < own.Times.Length; t++)
        {
            if (times[t] != own.Times[i]) continue;
            if (!spec.IsNextOpen) prices[t] = own.Prices[i];
            // A position of the date before is opened at this bar's open.
            else if (t > 0) prices[t - 1] = own.Opens[i];
            for (var f = 0; f < values.Length; f++) values[f][t] = own.Values[f][i];
            last = t;
            if (ended.Count < own.Ends.Count && own.Ends[ended.Count] == i) ended.Add((t, own.Prices[i]));
            i++;
        }
        return new PanelSymbol(symbol, prices, values, last, own.Prices.Length > 0 ? own.Prices[^1] : double.NaN)
        {
            Earlier = ended.Count > 0 ? ended : null,
        };
    }

    private void NoteEnded(PanelSymbol[] symbols, long[] times)
    {
        var ended = symbols.Where(s => s.LastBar < times.Length - 1).Select(s => s.Name).ToList();
        if (ended.Count > 0)
            _notes.Add($"{Named(ended)}: the bars end before those of the others; returns that go on after are to the last close, or to the "
                + "price of a delisting that the batch names");
    }

    private PanelGroups GroupsOf(IReadOnlyList<GroupFile.Row> rows, long[] times)
    {
        var known = Symbols.ToHashSet(StringComparer.Ordinal);
        List<string> names = [.. rows.Where(r => known.Contains(r.Symbol)).Select(r => r.Group).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
        var path = spec.Keys.Group!.Path;
        if (names.Count == 0)
            throw new InputException($"{path}, symbol: it names none of the study's symbols, such as {Symbols[0]}; write them as the source "
                + "lists them");
        var bySymbol = rows.ToLookup(r => r.Symbol, StringComparer.Ordinal);
        var missing = Symbols.Where(s => !bySymbol.Contains(s)).ToList();
        if (missing.Count > 0)
            _notes.Add($"{Named(missing)}: no group in {Path.GetFileName(path)}; "
                + (spec.Keys.GroupNeutral ? "the study leaves them out" : "the figures by group leave them out"));
        return new PanelGroups(names, [.. Symbols.Select(s => bySymbol[s].Select(r =>
            (Array.BinarySearch(times, r.From) is var at && at < 0 ? ~at : at, names.IndexOf(r.Group))).ToArray())]);
    }

    private static string Named(List<string> symbols) => symbols.Count <= MostNamed ? string.Join(", ", symbols)
        : $"{string.Join(", ", symbols.Take(MostNamed))} and {Counted.Of(symbols.Count - MostNamed, "more symbol")}";
}
