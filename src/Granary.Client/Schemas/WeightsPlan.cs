// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>What a change of weights would do; nothing is written.</summary>
public sealed record WeightsPlan
{
    public required string Portfolio { get; init; }

    /// <summary>The version in force; 0 = none.</summary>
    public required long Current { get; init; }

    /// <summary>The version that the change would make.</summary>
    public required long Next { get; init; }

    /// <summary>By strategy id; strategies whose weight stays are left out.</summary>
    public required IReadOnlyList<WeightChange> Changes { get; init; }
}
