using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds longs plus shorts by a multiple of the equity.</summary>
[PortfolioRule("maxLeverage", "Bounds longs plus shorts by a multiple of the equity.", Order = 100, Refusal = "max-leverage",
    RefusalSentence = "Positions would exceed limits.maxLeverage times the equity.")]
internal sealed class LeverageLimit : IPortfolioRule
{
    [Key("that takes longs plus shorts beyond this multiple of the equity"), Range(0, 1e4)]
    public required double MaxLeverage { get; init; }

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) =>
        new(scope.CountsReserved ? portfolio.GrossValue + portfolio.ReservedValue : portfolio.GrossValue, MaxLeverage * portfolio.Equity);

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio) =>
        [new("Leverage", portfolio.Equity > 0 ? portfolio.GrossValue / portfolio.Equity : 0, MaxLeverage, RuleUnit.Multiple)];
}
