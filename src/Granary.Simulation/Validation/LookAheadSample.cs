using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Simulation.Telemetry;

namespace Granary.Simulation.Validation;

/// <summary>
/// The default look-ahead check of every batch. It checks a few strategies directly after their own decisions, on a number of bars that
/// adds little to the run time. <c>verify</c> checks all strategies and trains their models on the perturbed bars.
/// </summary>
internal static class LookAheadSample
{
    // Entries per strategy, and the same number of exits.
    private const int Decisions = 2;

    // Maximum number of cuts; each class of a plug-in gets its own in addition.
    private const int MostCuts = 12;

    // One pass over the original bars, and two perturbed futures at each decision, which end soon after it.
    private const int Passes = 6;

    // Maximum work as a share of the batch's bars times strategies, and the work that is always allowed.
    private const double Share = 0.02;
    private const long Free = 400_000, LeastBars = 2_000;

    // Bars to keep after a cut: blocks, and bars of the longest timeframe.
    private const int BlocksAfter = 2, LongBarsAfter = 8;

    /// <param name="host">Returns a host for an amount of work in bars times strategies.</param>
    /// <param name="failed">Failed strategies of the batch, which are left out.</param>
    public static async Task<LookAheadResult> RunAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, Func<long,
        IBatchHost> host,
        CancellationToken cancellationToken, IReadOnlySet<int>? failed = null)
    {
        using var step = GranaryInstruments.Traces.StartActivity("look-ahead");
        var evaluations = FeedBlocks.Evaluations(plan, markets);
        var budget = Math.Max(Free, (long)(Share * evaluations));
        var bars = Math.Max(LeastBars, budget / Passes);
        var mean = Math.Max(1, Math.Min(bars, evaluations / Math.Max(1, plan.Instances.Count)));
        var heads = markets.ToDictionary(m => m.Key, m => m.Value with { Series = new SeriesHead(m.Value.Series, bars) },
            StringComparer.Ordinal);
        var subject = new LookAheadSubject(plan, heads, host(0)) { Except = failed };
        var sample = (int)Math.Clamp(budget / (Passes * mean), Math.Max(1, subject.Representatives.Count), plan.Instances.Count);
        var after = Math.Max(BlocksAfter * IBarSeries.DefaultBlockSize, LongBarsAfter * plan.Feeds.Max(f =>
            f.Timeframe.Ticks) / plan.Spec.Data.Timeframe.Ticks);
        return await LookAheadCheck.RunAsync(subject with { Host = host(sample * mean) }, new LookAheadEffort(sample, 0,
            Decisions)
        { MostCuts = MostCuts, BarsAfter = after },
            plan.Spec.Seed, cancellationToken);
    }
}
