// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>instead of the strategies' own sizes; times the weight</summary>
public sealed record BatchFilePortfolioSize
{
    public double? Units { get; init; }

    public double? Cash { get; init; }

    public double? PercentOfEquity { get; init; }

    public double? RiskPercent { get; init; }

    public double? VolatilityPercent { get; init; }

    public double? Kelly { get; init; }

    public double? CapPercent { get; init; }

    public double? Trades { get; init; }

    public double? MinTrades { get; init; }
}
