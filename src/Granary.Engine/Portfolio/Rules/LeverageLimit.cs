namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds longs plus shorts by a multiple of the equity.</summary>
internal sealed class LeverageLimit(double leverage) : IPortfolioRule
{
    public Decision Refusal => Decision.MaxLeverage;

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) =>
        new(scope.CountsReserved ? portfolio.GrossValue + portfolio.ReservedValue : portfolio.GrossValue, leverage * portfolio.Equity);
}
