namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds the positions in one instrument by a percentage of the equity.</summary>
internal sealed class SymbolLimit(double percent) : IPortfolioRule
{
    public Decision Refusal => Decision.MaxSymbol;

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio)
    {
        var open = portfolio.ValueIn(scope.Market);
        return new(scope.CountsReserved ? open + portfolio.ReservedIn(scope.Market) : open, percent * (portfolio.Equity / 100));
    }
}
