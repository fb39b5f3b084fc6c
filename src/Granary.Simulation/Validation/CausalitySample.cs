using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Causality;
using Granary.Simulation.Passes;

namespace Granary.Simulation.Validation;

/// <summary>
/// The look-ahead check that every batch has by default: of a few of its strategies, on as many bars as cost a small share of it, right
/// after their own
/// decisions. <c>verify</c> looks at all strategies, and trains their models on the changed bars.
/// </summary>
public static class CausalitySample
{
    // Of each strategy: entries, and as many exits.
    private const int Decisions = 2;

    // Times after which the future is changed; each class of a plug-in has its own beyond that.
    private const int MostCuts = 12;

    // The true bars, and at each decision two futures, which end soon after it.
    private const int Passes = 6;

    // Of the batch's bars times strategies; what a small batch has anyway is free.
    private const double Share = 0.02;
    private const long Free = 400_000, LeastBars = 2_000;

    // What is shown after a cut: blocks, and bars of the longest timeframe.
    private const int BlocksAfter = 2, LongBarsAfter = 8;

    /// <param name="host">Runs that many bars times strategies.</param>
    /// <param name="failed">Strategies of the batch that failed: they are left out.</param>
    public static Task<CausalityResult> RunAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, Func<long,
        IBatchHost> host,
        CancellationToken cancellationToken, IReadOnlySet<int>? failed = null)
    {
        var evaluations = FeedBlocks.Evaluations(plan, markets);
        var budget = Math.Max(Free, (long)(Share * evaluations));
        var bars = Math.Max(LeastBars, budget / Passes);
        var mean = Math.Max(1, Math.Min(bars, evaluations / Math.Max(1, plan.Instances.Count)));
        var heads = markets.ToDictionary(m => m.Key, m => m.Value with { Series = new HeadSeries(m.Value.Series, bars) },
            StringComparer.Ordinal);
        var subject = new LookAheadSubject(plan, heads, host(0)) { Except = failed };
        var sample = (int)Math.Clamp(budget / (Passes * mean), Math.Max(1, subject.Representatives.Count), plan.Instances.Count);
        var after = Math.Max(BlocksAfter * IBarSeries.DefaultBlockSize, LongBarsAfter * plan.Feeds.Max(f =>
            f.Timeframe.Ticks) / plan.Spec.Data.Timeframe.Ticks);
        return CausalityCheck.RunAsync(subject with { Host = host(sample * mean) }, new LookAheadEffort(sample, 0,
            Decisions)
        { MostCuts = MostCuts, BarsAfter = after },
            plan.Spec.Seed, cancellationToken);
    }
}
