namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Bounds what is traded on one UTC day, both ways, by a percentage of the equity. It refuses entries and closes nothing.
/// </summary>
internal sealed class TurnoverLimit(double percent) : IPortfolioRule
{
    public Decision Refusal => Decision.MaxTurnover;

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) => !(portfolio.Turnover >= percent * (portfolio.Equity / 100));

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) => scope.CountsReserved
        ? new(portfolio.Turnover + portfolio.ReservedValue, percent * (portfolio.Equity / 100))
        : ValueBound.None;
}
