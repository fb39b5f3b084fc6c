using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds the absolute value of longs minus shorts by a percentage of the equity.</summary>
internal sealed class NetLimit(double percent) : IPortfolioRule
{
    public Decision Refusal => Decision.MaxNet;

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio)
    {
        var isLong = scope.Side == Side.Buy;
        var net = isLong ? portfolio.NetValue : -portfolio.NetValue;
        // Reserved entries of the other side may never fill, so they add no room.
        if (scope.CountsReserved) net += isLong ? portfolio.ReservedLongs : portfolio.ReservedShorts;
        return new ValueBound(net, percent * (portfolio.Equity / 100), isLong ? portfolio.LongValue : portfolio.ShortValue);
    }
}
