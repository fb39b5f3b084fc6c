using Granary.Engine.Catalogues;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Gives an instrument to one strategy at a time: the first that is accepted keeps it until its last trade there is closed.
/// </summary>
[PortfolioRule("exclusiveSymbols", "Gives a symbol to one strategy at a time.", Order = 80, Refusal = "reserved",
    RefusalSentence = SymbolReservations.Sentence)]
internal sealed class SymbolExclusivity : IPortfolioRule
{
    [Key("in a symbol that another strategy holds: the first that is accepted, until it has closed its position")]
    public bool ExclusiveSymbols { get; init; }

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) =>
        portfolio.TradesIn(entry.Market) == 0 || portfolio.HolderOf(entry.Market) == entry.Member;
}
