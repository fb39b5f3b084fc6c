namespace Granary.Engine.Portfolio.Rules;

/// <summary>Limits the positions of each strategy to a percentage of the equity.</summary>
internal sealed class StrategyLimit(double percent) : IPortfolioRule
{
    public Decision Refusal => Decision.MaxStrategy;

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio)
    {
        var open = portfolio.ValueOf(scope.Member);
        return new(scope.CountsReserved ? open + portfolio.ReservedOf(scope.Member) : open, percent * (portfolio.Equity / 100));
    }
}
