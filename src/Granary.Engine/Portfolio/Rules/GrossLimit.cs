using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds longs plus shorts by a percentage of the equity.</summary>
[PortfolioRule("maxGrossPercent", "Bounds longs plus shorts.", Order = 160, Refusal = "max-gross", RefusalTitle = "gross limit",
    RefusalSentence = "Longs and shorts together would exceed limits.maxGrossPercent.", IsLargePercentage = true)]
internal sealed class GrossLimit : IPortfolioRule
{
    [Key("that takes longs plus shorts beyond this percentage of the equity"), Range(0, 1e6)]
    public required double MaxGrossPercent { get; init; }

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) =>
        new(scope.CountsReserved ? portfolio.GrossValue + portfolio.ReservedValue : portfolio.GrossValue,
            MaxGrossPercent * (portfolio.Equity / 100));

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio) =>
        [RuleUse.OfEquity("All positions", portfolio.GrossValue, MaxGrossPercent, portfolio)];
}
