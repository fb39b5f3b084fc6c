namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Gives an instrument to one strategy at a time: the first that is accepted keeps it until its last trade there is closed.
/// </summary>
internal sealed class ExclusiveSymbols : IPortfolioRule
{
    public Decision Refusal => Decision.Reserved;

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) =>
        portfolio.TradesIn(entry.Market) == 0 || portfolio.HolderOf(entry.Market) == entry.Member;
}
