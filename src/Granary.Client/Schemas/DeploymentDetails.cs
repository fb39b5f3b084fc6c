// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A deployment with its strategies and its history.</summary>
public sealed record DeploymentDetails
{
    public required DeploymentEntry Deployment { get; init; }

    public required IReadOnlyList<DeploymentStrategy> Strategies { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<DeploymentEvent> History { get; init; }
}
