using Granary.Engine.Market;

namespace Granary.Engine.Portfolio;

/// <summary>A strategy as the portfolio knows it.</summary>
/// <param name="Symbols">Indices into the portfolio's instruments, in the strategy's order.</param>
public readonly record struct PortfolioMember(string Id, IReadOnlyList<int> Symbols, double Weight)
{
    /// <summary>Of its bars; the default where the bars that its trades are held need not be counted.</summary>
    public Timeframe Timeframe { get; init; }
}
