// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>One strategy of a batch while the batch runs.</summary>
public sealed record BatchStrategy
{
    /// <summary>The strategy's id, as `Class(a=1,b=2)@SYMBOL:TF`.</summary>
    public required string Id { get; init; }

    public required StrategyPhase State { get; init; }

    /// <summary>Bars seen so far.</summary>
    public required long Bars { get; init; }

    /// <summary>Trades closed so far.</summary>
    public required long Trades { get; init; }

    /// <summary>Cash and open position at the last close; null before the first bar, and if it failed.</summary>
    public double? Equity { get; init; }

    /// <summary>Open position of each symbol, base units, negative = short; empty at the end of the strategy.</summary>
    public required IReadOnlyDictionary<string, double> Positions { get; init; }

    /// <summary>Why it failed, or who stopped it; null otherwise.</summary>
    public string? Error { get; init; }
}
