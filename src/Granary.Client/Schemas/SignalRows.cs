// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

/// <summary>Signals of a run, as signals.csv has them; empty cells are left out.</summary>
public sealed record SignalRows
{
    public required IReadOnlyList<JsonElement> Items { get; init; }

    /// <summary>How many match.</summary>
    public required int Total { get; init; }

    /// <summary>Over all that match, by decision.</summary>
    public required IReadOnlyList<DecisionTotal> Decisions { get; init; }

    /// <summary>The cursor of the next page; null where this is the last.</summary>
    public string? Next { get; init; }
}
