using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Granary.Data.Memory;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Telemetry;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Passes;

/// <summary>An opened batch: its source, its plan and the series that the plan reads. Disposing it closes all of them.</summary>
internal sealed class OpenedBatch : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, OpenedMarket> _opened = new(StringComparer.Ordinal);

    private OpenedBatch(IBarSource source, BatchPlan plan) => (Source, Plan, Markets) = (source, plan, _opened);

    public IBarSource Source { get; }

    public BatchPlan Plan { get; private set; }

    /// <summary>The members over time; null if the batch has no universe.</summary>
    public BatchUniverse? Universe { get; private set; }

    /// <summary>Opened markets by symbol.</summary>
    public IReadOnlyDictionary<string, OpenedMarket> Markets { get; private set; }

    /// <summary>Opens a batch for a backtest, a session or a training.</summary>
    /// <exception cref="InputException">The batch names a source, symbols or times that do not exist.</exception>
    /// <exception cref="BarDataException">The bars are invalid.</exception>
    public static async Task<OpenedBatch> OpenAsync(BatchSpec spec, BatchOpening opening, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var span = GranaryInstruments.Traces.StartActivity("open");
        var source = opening.Sources?.Invoke(spec.Data)
            ?? BatchSources.Open(spec.Catalogues, spec.Data);
        var symbols = await BatchSources.SymbolsAsync(source, spec.Data, cancellationToken);
        if (!opening.IsLive) BatchMemory.Check(spec, symbols.Count).CheckRoom();
        var plan = opening.WithSearches || opening.Searched is not null
            ? BatchPlan.MakeSearched(spec, symbols, opening.Yes, cancellationToken)
            : BatchPlan.Make(spec, symbols, opening.Yes, cancellationToken);
        plan = opening.Planned(opening.Searched is { } searched ? plan.With(plan.TrialsOf(searched)) : plan);
        // Some points of a search read all that its trials may read.
        var batch = new OpenedBatch(source, opening.Searched is null ? plan.WithExamples() : plan);
        try
        {
            await batch.OpenMarketsAsync(opening, cancellationToken);
            if (!opening.IsLive) await batch.CheckMemoryAsync(cancellationToken);
            if (spec.Universe is { } universe) await batch.ApplyAsync(universe, opening, cancellationToken);
            if (opening.Checks) await batch.CheckAsync(opening, cancellationToken);
            if (opening.Searched is null) batch.Plan = batch.Plan.WithoutTrials();
            span?.SetTag(GranaryInstruments.Strategies, batch.Plan.Instances.Count).SetTag(GranaryInstruments.Feeds, batch.Plan.Feeds.Count)
                .SetTag(GranaryInstruments.Symbols, batch.Markets.Count)
                .SetTag(GranaryInstruments.BarCount, batch.Markets.Values.Sum(m => m.Series.Count));
            GranaryInstruments.FeedOpen.Record(Stopwatch.GetElapsedTime(started).TotalSeconds,
                new KeyValuePair<string, object?>("granary.scheme", spec.Data.Source.Scheme));
            return batch;
        }
        catch
        {
            await batch.DisposeAsync();
            throw;
        }
    }

    private async Task CheckMemoryAsync(CancellationToken cancellationToken)
    {
        if (Markets.Values.MaxBy(m => m.Series.Count) is { } longest)
            await BatchMemory.CheckAsync(Plan.Spec, Plan.Symbols.Count, longest.Series, cancellationToken);
    }

    private async Task CheckAsync(BatchOpening opening, CancellationToken cancellationToken)
    {
        var spec = Plan.Spec;
        MarketRequirements.RefuseInverse(spec.Data, Markets.Keys.Order(StringComparer.Ordinal));
        if (!opening.IsLive) Markets = await EndedMarkets.MarkAsync(spec, Markets, cancellationToken);
        var benchmark = await BenchmarkCurve.CheckAsync(spec, DeclaredSource.Of(Source, spec.Data, spec.Catalogues), Markets.Keys,
            cancellationToken);
        await AccountCurrency.CheckAsync(Plan, Markets, benchmark, hasBars: !opening.IsLive, cancellationToken);
        foreach (var timeframe in Plan.Feeds.Select(f => f.Timeframe).Distinct()) MeasuredSection.CheckTimeframe(spec.Execution, timeframe);
        await MarketRequirements.CheckAsync(spec.Execution, Markets.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal),
            cancellationToken);
    }

    private async Task OpenMarketsAsync(BatchOpening opening, CancellationToken cancellationToken)
    {
        var spec = Plan.Spec;
        var symbols = Plan.Feeds.SelectMany(f => f.Symbols).Distinct(StringComparer.Ordinal).ToList();
        var declared = DeclaredSource.Of(Source, spec.Data, spec.Catalogues);
        var counted = MarketRequirements.CountedIn(Plan);
        // All markets before the first error are opened, so that the reported error does not depend on the number of threads.
        var first = int.MaxValue;
        var faults = new ConcurrentDictionary<int, Exception>();
        await Parallel.ForEachAsync(Enumerable.Range(0, symbols.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, opening.Threads), CancellationToken = cancellationToken },
            async (i, token) =>
            {
                if (i > Volatile.Read(ref first)) return;
                ProcessMemory.Check("the bars of this batch");
                try
                {
                    var series = await WarmUpSpan.OpenAsync(declared, spec, symbols[i], token);
                    _opened[symbols[i]] = new OpenedMarket(symbols[i], series, series.Instrument,
                        await IntrabarPaths.OpenAsync(Source, spec, symbols[i], token));
                    if (!opening.IsLive && counted.Contains(symbols[i]))
                        await MarketRequirements.CheckSpacingAsync(spec.Data, symbols[i], series, token);
                }
                catch (BarDataException e) when (e.Line is null)
                {
                    // The error is not in a row of a file, so the batch names the wrong source, symbol or time.
                    Faulty(i, spec.Data.Place.Fault(e.Message, e));
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    Faulty(i, e);
                }
            });
        if (!faults.IsEmpty) ExceptionDispatchInfo.Throw(faults[faults.Keys.Min()]);
        if (!opening.IsLive && symbols.Count > 0)
            await BatchSources.CheckColumnsAsync(declared, spec.Data, symbols[0], [.. _opened.Values.Select(m => m.Series)],
                cancellationToken);
        if (!opening.IsLive) await InferSessionsAsync(opening, symbols, cancellationToken);

        void Faulty(int i, Exception fault)
        {
            faults[i] = fault;
            for (var known = first; i < known; known = first)
                if (Interlocked.CompareExchange(ref first, i, known) == known)
                    return;
        }
    }

    private async Task ApplyAsync(UniverseSpec universe, BatchOpening opening, CancellationToken cancellationToken)
    {
        var spec = Plan.Spec;
        Universe = universe.Rule is null
            ? BatchUniverse.OfFile(universe, spec.Data, Plan.Symbols, opening.IsLive ? []
                : await Source.ListSymbolsAsync(spec.Data.Timeframe, cancellationToken))
            : opening is { IsLive: true, HasBars: false } ? BatchUniverse.Empty(universe, Plan.Symbols)
            : await BatchUniverse.RankAsync(universe, spec.Catalogues.Factors, Plan.Symbols, OpenRankedAsync, opening.Threads,
                cancellationToken);
        foreach (var (symbol, market) in _opened) _opened[symbol] = market.With(Universe.Members[symbol]);
    }

    // Symbols that no strategy trades are ranked too.
    private async ValueTask<(IBarSeries Series, bool IsOwn)> OpenRankedAsync(string symbol, CancellationToken cancellationToken)
    {
        if (_opened.TryGetValue(symbol, out var market)) return (market.Series, false);
        var spec = Plan.Spec;
        try
        {
            return (await WarmUpSpan.OpenAsync(DeclaredSource.Of(Source, spec.Data, spec.Catalogues), spec, symbol,
                cancellationToken), true);
        }
        catch (BarDataException e) when (e.Line is null)
        {
            throw spec.Data.Place.Fault(e.Message, e);
        }
    }

    // A session trades by those of its configuration.
    private async Task InferSessionsAsync(BatchOpening opening, List<string> symbols, CancellationToken cancellationToken)
    {
        var named = new ConcurrentDictionary<string, OpenedMarket>(_opened, StringComparer.Ordinal);
        await Parallel.ForEachAsync(symbols,
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, opening.Threads), CancellationToken = cancellationToken },
            async (symbol, token) => _opened[symbol] = await SessionsOfBars.ApplyAsync(Plan, named[symbol], named, token));
        var inferred = _opened.Where(m => m.Value.Inferred is not null).ToDictionary(m => m.Key, m => m.Value.Inferred!,
            StringComparer.Ordinal);
        if (inferred.Count > 0) Plan = Plan with { Sessions = inferred };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var market in _opened.Values)
        {
            await market.Series.DisposeAsync();
            if (market.Smaller is { } smaller) await smaller.DisposeAsync();
        }
    }
}
