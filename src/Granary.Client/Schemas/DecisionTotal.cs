// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>What the signals with one decision came to in the strategies' own simulated accounts.</summary>
public sealed record DecisionTotal
{
    public required string Decision { get; init; }

    public required int Signals { get; init; }

    /// <summary>Signals that became a trade there.</summary>
    public required int Trades { get; init; }

    /// <summary>Trades with a net profit.</summary>
    public required int Winners { get; init; }

    /// <summary>Sum of the net profits, quote currency.</summary>
    public required double Profit { get; init; }
}
