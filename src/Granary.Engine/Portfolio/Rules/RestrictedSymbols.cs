namespace Granary.Engine.Portfolio.Rules;

/// <summary>Refuses entries in some instruments.</summary>
/// <param name="restricted">By instrument.</param>
internal sealed class RestrictedSymbols(bool[] restricted) : IPortfolioRule
{
    public Decision Refusal => Decision.RestrictedSymbol;

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) => !restricted[entry.Market];
}
