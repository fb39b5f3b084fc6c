using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds the absolute value of longs minus shorts by a percentage of the equity.</summary>
[PortfolioRule("maxNetPercent", "Bounds longs minus shorts.", Order = 170, Refusal = "max-net", RefusalTitle = "net limit",
    RefusalSentence = "Longs minus shorts would exceed limits.maxNetPercent.", IsLargePercentage = true)]
internal sealed class NetLimit : IPortfolioRule
{
    [Key("that takes longs minus shorts, in either direction, beyond this percentage of the equity"), Range(0, 1e6)]
    public required double MaxNetPercent { get; init; }

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio)
    {
        var isLong = scope.Side == Side.Buy;
        var net = isLong ? portfolio.NetValue : -portfolio.NetValue;
        // Reserved entries of the other side may never fill, so they add no room.
        if (scope.CountsReserved) net += isLong ? portfolio.ReservedLongs : portfolio.ReservedShorts;
        return new ValueBound(net, MaxNetPercent * (portfolio.Equity / 100), isLong ? portfolio.LongValue : portfolio.ShortValue);
    }

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio) =>
        [RuleUse.OfEquity("Longs less shorts", Math.Abs(portfolio.NetValue), MaxNetPercent, portfolio)];
}
