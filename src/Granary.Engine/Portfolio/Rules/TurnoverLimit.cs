namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Limits the notional traded on one UTC day, both sides, to a percentage of the equity. It refuses entries and closes no positions.
/// </summary>
internal sealed class TurnoverLimit(double percent) : IPortfolioRule
{
    public Decision Refusal => Decision.MaxTurnover;

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) => !(portfolio.Turnover >= percent * (portfolio.Equity / 100));

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) => scope.CountsReserved
        ? new(portfolio.Turnover + portfolio.ReservedValue, percent * (portfolio.Equity / 100))
        : ValueBound.None;
}
