namespace Granary.Engine.Portfolio;

/// <summary>Rule by which the portfolio sizes an entry.</summary>
public enum PortfolioSizeKind : byte
{
    /// <summary>The strategy's own quantity, times its weight.</summary>
    Strategy,
    Units,
    Cash,
    PercentOfEquity,
    /// <summary>The quantity at which the stop distance costs this percentage of the portfolio's equity.</summary>
    RiskPercent,
    /// <summary>
    /// The quantity at which the position alone moves the portfolio's equity by this percentage in a year (one standard deviation).
    /// </summary>
    VolatilityTarget,
    /// <summary>This fraction of the Kelly fraction, computed from the strategy's own past trades.</summary>
    Kelly,
}
