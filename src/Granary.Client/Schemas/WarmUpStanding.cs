// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>Strategies whose factors have had too few bars for a first value.</summary>
public sealed record WarmUpStanding
{
    /// <summary>How many.</summary>
    public required int Strategies { get; init; }

    /// <summary>What the strategy has had that needs the most.</summary>
    public required long Bars { get; init; }

    /// <summary>What it needs.</summary>
    public required int Needed { get; init; }
}
