using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>A strategy as the portfolio knows it.</summary>
/// <param name="Symbols">Indices into the portfolio's instruments, in the strategy's order.</param>
public readonly record struct PortfolioMember(string Id, IReadOnlyList<int> Symbols, double Weight)
{
    /// <summary>Of its bars.</summary>
    public Timeframe Timeframe { get; init; }

    /// <summary>Its stops, targets and times in force; null = none.</summary>
    public TradingSettings? Settings { get; init; }
}
