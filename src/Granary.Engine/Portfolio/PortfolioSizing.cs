namespace Granary.Engine.Portfolio;

/// <summary>Size of accepted entries. Each rule's result is multiplied by the strategy's weight.</summary>
/// <param name="Cap">The most of a position, in percent of the equity; of volatility target and Kelly.</param>
/// <param name="Trades">Kelly looks at the last so many closed trades of the strategy, also those that the portfolio refused.</param>
/// <param name="MinTrades">Before it has so many, Kelly gives nothing.</param>
public sealed record PortfolioSizing(PortfolioSizeKind Kind, double Value = 1, double Cap = 100, int Trades = 100, int MinTrades = 20)
{
    public static PortfolioSizing Own { get; } = new(PortfolioSizeKind.Strategy);

    public InsufficientCash OnInsufficientCash { get; init; } = InsufficientCash.Resize;
}
