// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A strategy, or the strategies of a symbol, were enabled or disabled.</summary>
public sealed record StrategyChange
{
    public required string Account { get; init; }

    public required bool Enabled { get; init; }

    /// <summary>Its id; empty for all of Symbol.</summary>
    public required string Strategy { get; init; }

    /// <summary>Empty for a strategy.</summary>
    public required string Symbol { get; init; }

    public required string Who { get; init; }

    public required string Why { get; init; }

    /// <summary>When it was put into the journal, UTC; in force from the next bar on.</summary>
    public required DateTimeOffset At { get; init; }
}
