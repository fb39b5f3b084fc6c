// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

/// <summary>Strategies of a run, as results.json has them.</summary>
public sealed record StrategyRows
{
    public required IReadOnlyList<JsonElement> Items { get; init; }

    /// <summary>How many match the filter.</summary>
    public required int Total { get; init; }

    /// <summary>The cursor of the next page; null where this is the last.</summary>
    public string? Next { get; init; }
}
