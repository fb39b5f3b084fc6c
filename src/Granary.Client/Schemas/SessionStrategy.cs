// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>One strategy of a live session while the session runs; the numbers are those of its own, simulated account.</summary>
public sealed record SessionStrategy
{
    /// <summary>The strategy's id, as `Class(a=1,b=2)@SYMBOL:TF`.</summary>
    public required string Id { get; init; }

    /// <summary>Waiting before its first bar, running, or failed; a failed strategy trades no more.</summary>
    public required StrategyPhase State { get; init; }

    /// <summary>Bars seen so far, those before the session's first trade included.</summary>
    public required long Bars { get; init; }

    /// <summary>Trades closed so far.</summary>
    public required long Trades { get; init; }

    /// <summary>Cash and open position at the last close, in the account's currency; null before the first bar, and if it failed.</summary>
    public double? Equity { get; init; }

    /// <summary>Open position of each symbol, base units, negative = short.</summary>
    public required IReadOnlyDictionary<string, double> Positions { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    public string? Error { get; init; }

    /// <summary>Whether the portfolio takes its entries; open trades go on without.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Its weight in the portfolio now; 0 = not traded.</summary>
    public required double Weight { get; init; }
}
