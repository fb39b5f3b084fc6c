// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>One of the best strategies of a batch so far.</summary>
public sealed record StrategyLeader
{
    public required string Id { get; init; }

    /// <summary>Annualised.</summary>
    public required double Sharpe { get; init; }

    /// <summary>Fraction.</summary>
    public required double TotalReturn { get; init; }

    /// <summary>Positive fraction of the peak.</summary>
    public required double MaxDrawdown { get; init; }

    public required long Trades { get; init; }
}
