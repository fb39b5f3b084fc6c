namespace Granary.Engine.Portfolio;

/// <summary>How the portfolio treats an entry that its limits or its cash do not leave room for.</summary>
/// <param name="HoldsLimitsAtEveryBar">Limits are checked again at each fill and at each bar, not only when a signal is decided.</param>
/// <param name="RiskPercent">The most that the stop distance may cost a trade, in percent of the equity; null = no bound.</param>
internal sealed record PortfolioPolicy(bool HoldsLimitsAtEveryBar, InsufficientCash OnInsufficientCash, double? RiskPercent);
