// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

public sealed record BatchFilePortfolio
{
    public JsonElement? Weights { get; init; }

    public BatchFilePortfolioAllocator? Allocator { get; init; }

    public BatchFilePortfolioLimits? Limits { get; init; }

    public BatchFilePortfolioRebalance? Rebalance { get; init; }

    public string? ChosenBefore { get; init; }

    /// <summary>the first bar that the portfolio trades; earlier bars move the strategies alone</summary>
    public string? From { get; init; }

    /// <summary>instead of the strategies' own sizes; times the weight</summary>
    public BatchFilePortfolioSize? Size { get; init; }

    /// <summary>which strategies and symbols may enter, looked at once a day by their own last closed trades</summary>
    public BatchFilePortfolioEnable? Enable { get; init; }

    /// <summary>what happens to an entry that cash does not pay in full: it is made smaller, or refused. One of resize, reject.</summary>
    public string? OnInsufficientCash { get; init; }

    /// <summary>
    /// when the portfolio books what fills within a bar; with one timeframe that is the same. One of bar-open, bar-close.
    /// </summary>
    public string? Fills { get; init; }

    /// <summary>the broker that the portfolio is planned for: a configuration that it cannot trade is refused</summary>
    public string? Broker { get; init; }
}
