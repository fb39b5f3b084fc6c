using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Risk;

/// <summary>The timeframes of the bars that a portfolio is given.</summary>
internal static class PortfolioMarks
{
    /// <summary>Of each symbol the shortest timeframe at which a member trades it.</summary>
    /// <param name="weights">By strategy index; those without are no members.</param>
    public static Dictionary<string, Timeframe> TimeframesOf(BatchPlan plan, IReadOnlyList<double> weights) =>
        plan.Instances.Where(i => weights[i.Index] != 0).SelectMany(i => i.Symbols.Select(s => (Symbol: s, i.Timeframe)))
            .GroupBy(x => x.Symbol, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.MinBy(x => x.Timeframe.Ticks).Timeframe, StringComparer.Ordinal);
}
