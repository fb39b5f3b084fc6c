using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Limits the notional traded on one UTC day, both sides, to a percentage of the equity. It refuses entries and closes no positions.
/// </summary>
[PortfolioRule("maxTurnoverPercent", "Bounds the value traded on one day.", Order = 110, Refusal = "max-turnover",
    RefusalSentence = "As much had been traded on that day as limits.maxTurnoverPercent allows.")]
public sealed class TurnoverLimit : IPortfolioRule
{
    [Key("on a UTC day on which this percentage of the equity was traded, purchases plus sales"), Range(0, 1e6)]
    public required double MaxTurnoverPercent { get; init; }

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) =>
        !(portfolio.Turnover >= MaxTurnoverPercent * (portfolio.Equity / 100));

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) => scope.CountsReserved
        ? new(portfolio.Turnover + portfolio.ReservedValue, MaxTurnoverPercent * (portfolio.Equity / 100))
        : ValueBound.None;

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio) =>
        [RuleUse.OfEquity("Traded today", portfolio.Turnover, MaxTurnoverPercent, portfolio)];
}
