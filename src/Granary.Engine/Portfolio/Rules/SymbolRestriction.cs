using Granary.Engine.Catalogues;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Refuses entries in some symbols.</summary>
[PortfolioRule("restrictedSymbols", "Refuses entries in some symbols.", Order = 10, Refusal = "restricted-symbol",
    RefusalTitle = "symbol is restricted", RefusalSentence = "limits.restrictedSymbols names the symbol.")]
internal sealed class SymbolRestriction : IPortfolioRule
{
    private bool[] _restricted = [];

    [Key("in these symbols")]
    public IReadOnlyList<string> RestrictedSymbols { get; init; } = [];

    public IEnumerable<string> NamedSymbols => RestrictedSymbols;

    public IReadOnlyList<IPortfolioRule> Begin(RuleContext context)
    {
        _restricted = [.. context.Symbols.Select(s => RestrictedSymbols.Contains(s, StringComparer.Ordinal))];
        return [this];
    }

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) => !_restricted[entry.Market];
}
