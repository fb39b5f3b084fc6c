using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Risk;

/// <summary>Determines the timeframes of the bars that a portfolio receives.</summary>
internal static class PortfolioMarks
{
    /// <summary>Returns the shortest timeframe at which a member trades each symbol.</summary>
    /// <param name="weights">Weights by strategy index; strategies with weight 0 are not members.</param>
    public static Dictionary<string, Timeframe> TimeframesOf(BatchPlan plan, IReadOnlyList<double> weights) =>
        plan.Instances.Where(i => weights[i.Index] != 0).SelectMany(i => i.Symbols.Select(s => (Symbol: s, i.Timeframe)))
            .GroupBy(x => x.Symbol, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.MinBy(x => x.Timeframe.Ticks).Timeframe, StringComparer.Ordinal);
}
