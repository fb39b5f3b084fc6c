using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>
/// A model that judges a strategy's entries. What it says travels with the signal: the strategy plays a refused signal to its outcome all
/// the same, and the portfolio has no part in it.
/// </summary>
public interface IEntryModel
{
    /// <summary>As it stands in trades.csv.</summary>
    string Name { get; }

    /// <summary>
    /// Adds what the model reads to the feed's factors, and gives the state that one run needs. Before the feed's first block.
    /// </summary>
    IEntryFilter Attach(MarketSeries series, FactorPlan plan);
}
