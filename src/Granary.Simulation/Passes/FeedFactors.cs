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
            if (Declare(plan, instance, series, plans) is StrategyRun run) run.FilterEntries(instance.Model);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return;
        }
    }

    /// <summary>Returns the names of the factors that a strategy declares, of several symbols those of the first one.</summary>
    /// <param name="instrumentOf">The instrument of a symbol.</param>
    public static IReadOnlyList<string> NamesOf(BatchPlan plan, StrategyInstance instance, Func<string, Instrument> instrumentOf)
    {
        List<MarketSeries> series = [.. instance.Symbols.Select(s => new MarketSeries(instrumentOf(s), instance.Timeframe))];
        return Declare(plan, instance, series, series.ConvertAll(_ =>
            new FactorPlan { Supply = plan.Feeds[0].Supply, Symbols = [.. instance.Symbols, .. instance.References] })).FactorNames;
    }

    private static IFactorReader Declare(BatchPlan plan, StrategyInstance instance, List<MarketSeries> series, List<FactorPlan> plans)
    {
        var execution = plan.Spec.Execution.Settings;
        return instance.Create() switch
        {
            MultiSymbolStrategy several => new MultiSymbolRun(instance.Id, several, series, instance.Trading, execution, plans).Factors(0),
            var strategy => new StrategyRun(instance.Id, strategy, series[0], instance.Trading, execution, plans[0]),
        };
    }
}
