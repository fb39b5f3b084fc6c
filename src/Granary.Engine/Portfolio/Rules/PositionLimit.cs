using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds the number of trades that are open or reserved.</summary>
[PortfolioRule("maxPositions", "Bounds the number of open trades.", Order = 60, Refusal = "max-positions",
    RefusalTitle = "too many positions", RefusalSentence = "As many trades were open as limits.maxPositions allows.")]
internal sealed class PositionLimit : IPortfolioRule
{
    [Key("when that many are open or accepted"), Range(0, int.MaxValue)]
    public required int MaxPositions { get; init; }

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) => portfolio.OpenTrades + portfolio.ReservedTrades < MaxPositions;

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio) =>
        [new("Open trades", portfolio.OpenTrades + portfolio.ReservedTrades, MaxPositions, RuleUnit.Count)];
}
