// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>What is added as a deployment.</summary>
public sealed record NewDeployment
{
    /// <summary>The id of a run of the server; without a configuration its prod.json is added.</summary>
    public string? Run { get; init; }

    /// <summary>The text of a prod.json.</summary>
    public string? Configuration { get; init; }

    /// <summary>For the history.</summary>
    public string? Why { get; init; }
}
