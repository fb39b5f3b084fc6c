using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Limits the positions of each strategy to a percentage of the equity.</summary>
[PortfolioRule("maxStrategyPercent", "Bounds the positions of each strategy.", Order = 150, Refusal = "max-strategy",
    RefusalTitle = "strategy limit", RefusalSentence = "The strategy's positions would exceed limits.maxStrategyPercent.",
    IsLargePercentage = true)]
internal sealed class StrategyLimit : IPortfolioRule
{
    private IReadOnlyList<string> _strategies = [];

    [Key("that takes the positions of one strategy beyond this percentage of the equity"), Range(0, 1e6)]
    public required double MaxStrategyPercent { get; init; }

    public IReadOnlyList<IPortfolioRule> Begin(RuleContext context)
    {
        _strategies = context.Strategies;
        return [this];
    }

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio)
    {
        if (scope.Member < 0) return ValueBound.None;
        var open = portfolio.ValueOf(scope.Member);
        return new(scope.CountsReserved ? open + portfolio.ReservedOf(scope.Member) : open, MaxStrategyPercent * (portfolio.Equity / 100));
    }

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio) =>
        [RuleUse.Largest("One strategy", _strategies.Select((id, i) => (id, portfolio.ValueOf(i))), MaxStrategyPercent, portfolio)];
}
