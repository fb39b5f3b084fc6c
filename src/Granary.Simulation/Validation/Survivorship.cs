using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Telemetry;

namespace Granary.Simulation.Validation;

/// <summary>
/// Computes what survivorship would have added: the portfolio of the same strategies and weights, in which the members at the end were
/// members all the time, and no other symbol was one.
/// </summary>
/// <remarks>
/// Recorded results are used where they are the same. A strategy of one survivor that was a member in the whole run has the same events. A
/// strategy of one symbol that did not survive has no trades. All others run again.
/// </remarks>
internal static class Survivorship
{
    /// <param name="log">The events of the strategies.</param>
    /// <param name="weights">
    /// By strategy index: not 0 if the portfolio uses the strategy's events; with the weights over time, null if they are constant.
    /// </param>
    /// <param name="portfolio">The portfolio of the run, with the open times of its first and last row; negative without rows.</param>
    /// <param name="host">Returns a host for an amount of work in bars times strategies.</param>
    /// <returns>Null if the batch has no universe, or the portfolio no rows.</returns>
    public static async Task<SurvivorshipResults?> RunAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets,
        IEventLog? log, (IReadOnlyList<double> Values, IWeightSource? Schedule) weights, (PortfolioOutcome Outcome, (long First, long Last)
        Rows) portfolio, Func<long, IBatchHost> host, CancellationToken cancellationToken)
    {
        var weighted = plan.Instances.Where(i => weights.Values[i.Index] != 0).ToList();
        if (plan.Spec.Universe is null || log is null || portfolio.Rows.First < 0 || weighted.Count == 0) return null;
        using var step = GranaryInstruments.Traces.StartActivity("survivorship");
        var shortest = plan.Feeds.MinBy(f => f.Timeframe.Ticks)!.Timeframe;
        var end = shortest.CloseOf(portfolio.Rows.Last);
        var survivors = markets.Values.ToDictionary(m => m.Symbol, m => m.Instrument.Membership!.Contains(end), StringComparer.Ordinal);
        var known = markets.ToDictionary(m => m.Key,
            m => m.Value.With(new Membership(LeavePolicy.Hold, survivors[m.Key] ? [new MemberSpan(0, Membership.Open)] : [])),
            StringComparer.Ordinal);
        bool IsSame(StrategyInstance i) => i.Symbols.Count == 1 && survivors[i.Symbols[0]]
            && markets[i.Symbols[0]].Instrument.Membership!.Spans is [var span] && span.From <= portfolio.Rows.First && span.To > end;
        var again = weighted.Where(i => i.Symbols.Any(s => survivors[s]) && !IsSame(i)).Select(i => i.Index).ToHashSet();
        var events = new MemoryEventLog();
        if (again.Count > 0) await RunAgainAsync(plan, known, again, events, host, cancellationToken);
        var followed = new SurvivorLog(log, events,
            i => again.Contains(i) ? false : IsSame(plan.Instances[i]) ? true : null);
        var pass = new PortfolioPass(plan, followed, weights.Values,
            [.. known.Values.OrderBy(m => m.Symbol, StringComparer.Ordinal).Select(m => m.Instrument)], weights.Schedule,
            paths: IntrabarPaths.ReaderOf(plan.Spec, known));
        var outcome = await pass.RunAsync(MarketBars.Of(weighted, s => known[s].Series), null, null, new FeedClock(shortest),
            cancellationToken);
        return new SurvivorshipResults(survivors.Count(s => s.Value), portfolio.Outcome.Statistics.TotalReturn,
            portfolio.Outcome.Statistics.Sharpe, outcome.Statistics.TotalReturn, outcome.Statistics.Sharpe, again.Count);
    }

    private static async Task RunAgainAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, HashSet<int> strategies,
        MemoryEventLog events, Func<long, IBatchHost> host, CancellationToken cancellationToken)
    {
        // A portfolio that reduces entries to its cash follows accounts that do so too.
        var resizes = MemberRuns.Resizes(plan.Spec.Portfolio);
        var mean = FeedBlocks.Evaluations(plan, markets) / Math.Max(1, plan.Instances.Count);
        var pass = new StrategyPass(resizes ? plan.AsMembers() : plan, markets)
        {
            Include = i => strategies.Contains(i.Index),
            Events = events,
        };
        await (resizes ? new EmbeddedHost(Environment.ProcessorCount) : host(strategies.Count * mean)).RunAsync(pass, cancellationToken);
    }

    // The events of strategies that ran again, which have their own range of numbers, and the recorded ones of the others.
    private sealed class SurvivorLog(IEventLog recorded, MemoryEventLog again, Func<int, bool?> isRecorded) : IEventLog
    {
        private const int Own = 1 << 30;

        public IReadOnlyList<FollowedRun> RunsOf(int strategy) => isRecorded(strategy) switch
        {
            true => recorded.RunsOf(strategy),
            false => [new FollowedRun(Own + strategy, 0)],
            null => [],
        };

        public int ChunkCount(int run) => run >= Own ? again.ChunkCount(run - Own) : recorded.ChunkCount(run);

        public byte[] Read(int run, int chunk) => run >= Own ? again.Read(run - Own, chunk) : recorded.Read(run, chunk);
    }
}
