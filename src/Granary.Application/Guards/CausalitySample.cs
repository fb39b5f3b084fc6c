using Granary.Application.Batches;
using Granary.Application.Hosting;
using Granary.Application.Verification;
using Granary.Engine.Market;

namespace Granary.Application.Guards;

/// <summary>
/// The look for look-ahead that every batch has by default: a few of its strategies, evenly over the batch, on as many bars as cost a small share of it.
/// <c>verify</c> looks at all of them, and has their models trained anew.
/// </summary>
public static class CausalitySample
{
    /// <summary>Instants after which the bars are poisoned.</summary>
    public const int Cuts = 2;

    // Of the batch's bars times strategies; what a small batch has anyway is free.
    private const double Share = 0.02;
    private const long Free = 200_000, LeastBars = 2_000;

    // What is shown behind a cut: blocks, and bars of the longest timeframe.
    private const int BlocksAfter = 2, LongBarsAfter = 8;

    /// <param name="host">Who runs so many bars times strategies.</param>
    /// <param name="failed">Strategies of the batch that failed: they are left out.</param>
    public static Task<CausalityResult> RunAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, Func<long, IBatchHost> host, CancellationToken cancellationToken, IReadOnlySet<int>? failed = null)
    {
        var evaluations = FeedBlocks.Evaluations(plan, markets);
        var budget = Math.Max(Free, (long)(Share * evaluations));
        // Each strategy runs once over the true bars and once over those of each cut.
        var bars = Math.Max(LeastBars, budget / (Cuts + 1));
        var mean = Math.Max(1, Math.Min(bars, evaluations / Math.Max(1, plan.Instances.Count)));
        var sample = (int)Math.Clamp(budget / ((Cuts + 1) * mean), 1, plan.Instances.Count);
        var heads = markets.ToDictionary(m => m.Key, m => m.Value with { Series = new HeadSeries(m.Value.Series, bars) }, StringComparer.Ordinal);
        var after = Math.Max(BlocksAfter * IBarSeries.DefaultBlockSize, LongBarsAfter * plan.Feeds.Max(f => f.Timeframe.Ticks) / plan.Spec.Data.Timeframe.Ticks);
        return CausalityCheck.RunAsync(plan, heads, host(sample * mean), sample, Cuts, plan.Spec.Seed, cancellationToken, except: failed, after: after);
    }
}
