namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds the number of trades that are open or reserved.</summary>
internal sealed class PositionLimit(int most) : IPortfolioRule
{
    public Decision Refusal => Decision.MaxPositions;

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) => portfolio.OpenTrades + portfolio.ReservedTrades < most;
}
