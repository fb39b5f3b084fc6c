using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>
/// A model that filters a strategy's entries. Its advice is part of the signal. The strategy still simulates a refused trade to its end,
/// but the portfolio does not take part in it.
/// </summary>
internal interface IEntryModel
{
    /// <summary>Name in trades.csv.</summary>
    string Name { get; }

    /// <summary>
    /// Adds the model's inputs to the feed's factors, and returns the state of one run. Call it before the feed's first block.
    /// </summary>
    IEntryFilter Attach(MarketSeries series, FactorPlan plan);
}
