using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Validation;

/// <summary>
/// Computes outcomes of strategies with a model as they would trade live: without the entries that the model refuses, and with the sizes
/// that it allows. A strategy's own account takes every entry, so the outcome of refused entries is known; the validation checks use
/// the outcomes computed here. If the portfolio reduces entries to its cash, this account does the same.
/// </summary>
internal static class ModelOutcomes
{
    /// <summary>Returns the outcomes of a batch; outcomes of strategies with a model are replaced by the filtered ones.</summary>
    /// <param name="host">Returns a host for an amount of work in bars times strategies.</param>
    public static async Task<IReadOnlyDictionary<int, StrategyOutcome>> OfAsync(BatchPlan plan, IReadOnlyDictionary<int,
        StrategyOutcome> outcomes,
        IReadOnlyDictionary<string, OpenedMarket> markets, Func<long, IBatchHost> host, CancellationToken cancellationToken)
    {
        var judged = plan.Instances.Where(i => i.Model is not null
            && outcomes.GetValueOrDefault(i.Index)?.Statistics is not null).Select(i => i.Index).ToHashSet();
        if (judged.Count == 0) return outcomes;
        var mean = FeedBlocks.Evaluations(plan, markets) / Math.Max(1, plan.Instances.Count);
        var traded = await RunAsync(plan, markets, judged, host(judged.Count * mean), cancellationToken);
        return plan.Instances.Where(i => outcomes.ContainsKey(i.Index))
            .ToDictionary(i => i.Index, i => judged.Contains(i.Index) ? traded[i.Index] : outcomes[i.Index]);
    }

    /// <summary>Runs strategies of a plan; those with a model trade as the model allows.</summary>
    public static async Task<IReadOnlyDictionary<int, StrategyOutcome>> RunAsync(BatchPlan plan, IReadOnlyDictionary<string,
        OpenedMarket> markets,
        IReadOnlySet<int> strategies, IBatchHost host, CancellationToken cancellationToken)
    {
        var events = new MemoryEventLog();
        var judged = plan.Instances.Where(i => strategies.Contains(i.Index) && i.Model is not null).ToList();
        var pass = new StrategyPass(plan, markets)
        {
            Include = i => strategies.Contains(i.Index),
            Events = judged.Count > 0 ? events : null,
        };
        var outcomes = await pass.OutcomesAsync(host, cancellationToken);
        var log = new FollowedEvents(events,
            await MemberRuns.OfAsync(plan, markets, [.. judged.Select(i => i.Index)], events, cancellationToken));
        foreach (var instance in judged)
            if (outcomes.GetValueOrDefault(instance.Index) is { Statistics: not null } own)
                outcomes[instance.Index] = await TradedAsync(plan, instance, own, markets, log, cancellationToken);
        return outcomes;
    }

    // Runs the strategy alone in a portfolio without limits, where its model decides as it does live.
    private static async Task<StrategyOutcome> TradedAsync(BatchPlan plan, StrategyInstance instance, StrategyOutcome own,
        IReadOnlyDictionary<string, OpenedMarket> markets,
        FollowedEvents events, CancellationToken cancellationToken)
    {
        var alone = plan.InOwnPortfolio(instance);
        var pass = new PortfolioPass(alone, new SingleStrategyLog(events, instance.Index), [1],
            [.. instance.Symbols.Select(s => markets[s].Instrument)], paths: IntrabarPaths.ReaderOf(plan.Spec, markets));
        var tracer = plan.Feeds[0].TracePeriod > 0 ? new EquityTracer(plan.Feeds[0].TracePeriod, alone.Spec.Cash) : null;
        var bars = MarketBars.Of([instance], s => markets[s].Series);
        var outcome = await pass.RunAsync(bars, row => tracer?.Add(row.Time, row.Equity), null, new FeedClock(instance.Timeframe),
            cancellationToken);
        return own with { Statistics = outcome.Statistics, Trace = tracer?.Finish() };
    }

    // A strategy's own events, or those of the run with a resizing account that a portfolio follows instead.
    private sealed record FollowedEvents(MemoryEventLog Own, MemoryEventLog Members)
    {
        public MemoryEventLog Of(int strategy) => Members.ChunkCount(strategy) > 0 ? Members : Own;
    }

    // One strategy's events under index 0, which it has when it runs alone.
    private sealed class SingleStrategyLog(FollowedEvents events, int strategy) : IEventLog
    {
        private readonly MemoryEventLog _log = events.Of(strategy);

        public int ChunkCount(int _) => _log.ChunkCount(strategy);

        public byte[] Read(int _, int chunk) => _log.Read(strategy, chunk);
    }
}
