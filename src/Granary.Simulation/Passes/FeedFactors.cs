using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Determines the factors that the strategies of a feed and their models read.</summary>
internal static class FeedFactors
{
    /// <summary>Returns the factors that strategies of a feed and their models read, for each of its symbols.</summary>
    public static IReadOnlyList<IReadOnlyList<FactorRequest>> RequestsOf(BatchPlan plan, FeedPlan feed, IReadOnlySet<int> chosen,
        IReadOnlyDictionary<string, OpenedMarket> markets)
    {
        var plans = feed.Symbols.Select(_ => feed.NewFactors()).ToList();
        foreach (var instance in feed.Instances.Where(i => chosen.Contains(i.Index))) Declare(plan, feed, instance, markets, plans);
        return [.. plans.Select(p => p.Requests)];
    }

    // A strategy that cannot be created has already failed in the run, so it is skipped here.
    private static void Declare(BatchPlan plan, FeedPlan feed, StrategyInstance instance, IReadOnlyDictionary<string, OpenedMarket> markets,
        List<FactorPlan> plans)
    {
        List<MarketSeries> series = [.. feed.Symbols.Select(x => new MarketSeries(markets[x].Instrument, feed.Timeframe))];
        try
        {
            if (instance.Create() is MultiSymbolStrategy several)
                _ = new MultiSymbolRun(instance.Id, several, series, instance.Trading, plan.Spec.Execution.Settings, plans);
            else new StrategyRun(instance.Id, instance.Create(), series[0], instance.Trading, plan.Spec.Execution.Settings, plans[0])
                .FilterEntries(instance.Model);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return;
        }
    }
}
