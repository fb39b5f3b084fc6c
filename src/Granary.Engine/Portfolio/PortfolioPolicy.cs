namespace Granary.Engine.Portfolio;

/// <summary>Treatment of an entry that exceeds the portfolio's limits or cash.</summary>
/// <param name="HoldsLimitsAtEveryBar">Limits are checked again at each fill and at each bar, not only when a signal is decided.</param>
/// <param name="RiskPercent">The most that the stop distance may cost a trade, in percent of the equity; null = no bound.</param>
internal sealed record PortfolioPolicy(bool HoldsLimitsAtEveryBar, InsufficientCash OnInsufficientCash, double? RiskPercent);
