// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A strategy of a deployment.</summary>
public sealed record DeploymentStrategy
{
    public required string Id { get; init; }

    public required double Weight { get; init; }

    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>Whether it may enter.</summary>
    public required bool Enabled { get; init; }

    /// <summary>The entry of the history that disabled it; null where it is enabled.</summary>
    public DeploymentEvent? Change { get; init; }
}
