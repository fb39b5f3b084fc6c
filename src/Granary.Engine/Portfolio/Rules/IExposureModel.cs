using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Caps the exposure of a portfolio at each entry, by what the bars up to then and the portfolio's own state say.
/// </summary>
internal interface IExposureModel
{
    /// <summary>A bar of an instrument has closed; every bar, in the order of time.</summary>
    void Mark(int market, in Bar bar);

    /// <summary>The cap that holds for an entry.</summary>
    /// <param name="state">The portfolio before the entry.</param>
    /// <param name="known">When the signal was known, UTC ticks.</param>
    ExposureCap CapOf(in EntryRequest entry, in PortfolioState state, long known);
}
