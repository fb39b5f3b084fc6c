using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>A strategy's trade at the portfolio's size.</summary>
internal readonly record struct PortfolioTrade(int Member, Trade Trade, double Weight);
