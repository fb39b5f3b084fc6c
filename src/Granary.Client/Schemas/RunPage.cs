// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>Runs, the newest first.</summary>
public sealed record RunPage
{
    public required IReadOnlyList<RunSummary> Items { get; init; }

    /// <summary>The cursor of the next page; null where this is the last.</summary>
    public string? Next { get; init; }
}
