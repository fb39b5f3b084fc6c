// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>which strategies and symbols may enter, looked at once a day by their own last closed trades</summary>
public sealed record BatchFilePortfolioEnable
{
    /// <summary>One of strategy, symbol, both.</summary>
    public string? By { get; init; }

    public double? Trades { get; init; }

    public double? MinTrades { get; init; }

    public double? MinProfitFactor { get; init; }

    public double? MinWinRate { get; init; }

    public double? MinExpectancyPercent { get; init; }
}
