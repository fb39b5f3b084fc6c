namespace Granary.Engine.Portfolio;

/// <summary>How the portfolio sizes an entry.</summary>
public enum PortfolioSizeKind : byte
{
    /// <summary>The strategy's own quantity, times its weight.</summary>
    Strategy,
    Units,
    Cash,
    PercentOfEquity,
    /// <summary>So much that the stop distance costs this percentage of the portfolio's equity.</summary>
    RiskPercent,
    /// <summary>
    /// So much that the position alone would move the portfolio's equity by this percentage in a year (one standard deviation).
    /// </summary>
    VolatilityTarget,
    /// <summary>This fraction of what Kelly's formula gives for the strategy's own past trades.</summary>
    Kelly,
}
