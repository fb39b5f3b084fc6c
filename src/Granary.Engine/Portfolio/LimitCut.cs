namespace Granary.Engine.Portfolio;

/// <summary>A part of an open trade that was closed to keep a limit.</summary>
/// <param name="Share">The part of the trade, 0 to 1.</param>
/// <param name="Closed">The trade where nothing of it is left; else null.</param>
internal readonly record struct LimitCut(int Member, int Number, double Share, PortfolioTrade? Closed);
