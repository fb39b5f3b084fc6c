// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A page of deployments, the newest first.</summary>
public sealed record DeploymentPage
{
    public required IReadOnlyList<DeploymentEntry> Items { get; init; }

    /// <summary>The cursor of the next page; null where this is the last.</summary>
    public string? Next { get; init; }
}
