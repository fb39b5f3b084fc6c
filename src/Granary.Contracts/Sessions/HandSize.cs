namespace Granary.Contracts.Sessions;

/// <summary>The size of an entry by hand: one of the rules of a batch's <c>size</c>.</summary>
/// <param name="Units">A fixed number of base units.</param>
/// <param name="PercentOfEquity">A share of the account's equity, percent.</param>
/// <param name="Cash">A fixed amount of the account's currency.</param>
/// <param name="RiskPercent">The stop distance costs this percentage of the equity; it needs a stop.</param>
public sealed record HandSize(double? Units = null, double? PercentOfEquity = null, double? Cash = null, double? RiskPercent = null);
