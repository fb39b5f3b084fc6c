namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds longs plus shorts by a percentage of the equity.</summary>
internal sealed class GrossLimit(double percent) : IPortfolioRule
{
    public Decision Refusal => Decision.MaxGross;

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) =>
        new(scope.CountsReserved ? portfolio.GrossValue + portfolio.ReservedValue : portfolio.GrossValue,
            percent * (portfolio.Equity / 100));
}
