// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

/// <summary>Rows of a run's CSV file; empty cells are left out.</summary>
public sealed record FileRows
{
    public required IReadOnlyList<JsonElement> Items { get; init; }

    /// <summary>How many match.</summary>
    public required int Total { get; init; }

    /// <summary>The cursor of the next page; null where this is the last.</summary>
    public string? Next { get; init; }
}
