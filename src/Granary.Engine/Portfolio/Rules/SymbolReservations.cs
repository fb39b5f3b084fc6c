namespace Granary.Engine.Portfolio.Rules;

/// <summary>Allows some instruments to some strategies only.</summary>
internal sealed class SymbolReservations : IPortfolioRule
{
    // By instrument, the strategies that may trade it; null where all may.
    private readonly bool[]?[] _allowed;

    /// <param name="patterns">By symbol: ids of strategies, or beginnings of ids with a '*'.</param>
    /// <param name="symbols">The symbols of the portfolio's instruments, in their order.</param>
    /// <param name="members">Ids of the portfolio's strategies, in their order.</param>
    public SymbolReservations(IReadOnlyDictionary<string, IReadOnlyList<string>> patterns, IReadOnlyList<string> symbols,
        IReadOnlyList<string> members) =>
        _allowed =
        [
            .. symbols.Select(s => patterns.TryGetValue(s, out var of)
                ? members.Select(m => of.Any(p => PortfolioLimits.Names(p, m))).ToArray() : null),
        ];

    public Decision Refusal => Decision.Reserved;

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) =>
        _allowed[entry.Market] is not { } allowed || allowed[entry.Member];
}
