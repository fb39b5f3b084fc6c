using Granary.Engine.Portfolio;

namespace Granary.Reporting.Runs;

/// <summary>
/// Profit of the portfolio in symbols that are chains of contracts, with price moves and rolls apart; account currency, before commission.
/// It counts closed and open trades.
/// </summary>
/// <param name="Rolls">How many times an open trade was moved to the next contract.</param>
/// <param name="PriceProfit">By the prices of entry and exit, as a chart of the contracts shows them.</param>
/// <param name="RollProfit">By the gaps between contracts, and the slippage of rolls.</param>
/// <param name="Commission">Of the orders of rolls.</param>
internal sealed record RollResults(long Rolls, double PriceProfit, double RollProfit, double Commission) : ResultSection("rolls")
{
    /// <summary>By symbol.</summary>
    public IReadOnlyList<RollsOfSymbol> Symbols { get; init; } = [];

    /// <summary>Computes the section.</summary>
    /// <param name="unit">Returns the unit of a symbol's prices.</param>
    public static RollResults Of(IReadOnlyList<StrategyEntry> strategies, IRunEvents events, Func<string, PriceUnit> unit)
    {
        var symbols = new SortedDictionary<string, RollsOfSymbol>(StringComparer.Ordinal);
        void Add(string symbol, Func<RollsOfSymbol, RollsOfSymbol> change)
        {
            if (!unit(symbol).Changes.IsNone)
                symbols[symbol] = change(symbols.GetValueOrDefault(symbol) ?? new RollsOfSymbol(symbol, 0, 0, 0, 0));
        }

        foreach (var (member, trade, _) in events.PortfolioTrades())
            Add(strategies[member].SymbolOf(trade), s => s with
            {
                PriceProfit = s.PriceProfit + (trade.Profit - trade.RollProfit),
                RollProfit = s.RollProfit + trade.RollProfit,
            });
        foreach (var (symbol, fill) in events.PortfolioFills())
            if (fill.Kind == PortfolioFillKind.Roll)
                Add(symbol, s => s with
                {
                    Rolls = s.Rolls + (fill.Quantity > 0 ? 1 : 0),
                    Commission = s.Commission + fill.Commission * fill.Rate,
                });
        return new RollResults(symbols.Values.Sum(s => s.Rolls), symbols.Values.Sum(s => s.PriceProfit),
            symbols.Values.Sum(s => s.RollProfit), symbols.Values.Sum(s => s.Commission))
        {
            Symbols = [.. symbols.Values],
        };
    }
}

/// <summary>The rolls of the positions in one symbol.</summary>
/// <inheritdoc cref="RollResults"/>
internal sealed record RollsOfSymbol(string Symbol, long Rolls, double PriceProfit, double RollProfit, double Commission);
