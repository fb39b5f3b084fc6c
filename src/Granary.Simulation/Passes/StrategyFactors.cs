using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>The factors that a strategy of a plan declares.</summary>
internal static class StrategyFactors
{
    /// <summary>Returns their names, of several symbols those of the first one.</summary>
    /// <param name="instrumentOf">The instrument of a symbol.</param>
    public static IReadOnlyList<string> Of(BatchPlan plan, StrategyInstance instance, Func<string, Instrument> instrumentOf)
    {
        var execution = plan.Spec.Execution.Settings;
        var series = instance.Symbols.Select(s => new MarketSeries(instrumentOf(s), instance.Timeframe)).ToList();
        var strategy = instance.Create();
        if (strategy is not MultiSymbolStrategy several)
        {
            var factors = new FactorPlan { Supply = plan.Feeds[0].Supply, Symbols = [.. instance.Symbols, .. instance.References] };
            return new StrategyRun(instance.Id, strategy, series[0], instance.Trading, execution, factors).FactorNames;
        }
        var run = new MultiSymbolRun(instance.Id, several, series, instance.Trading, execution,
            [.. series.Select(_ => plan.Feeds[0].NewFactors())]);
        return run.Factors(0).FactorNames;
    }
}
