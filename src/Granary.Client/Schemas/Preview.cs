// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record Preview
{
    /// <summary>New weights by strategy id.</summary>
    public IReadOnlyDictionary<string, double>? Weights { get; init; }

    /// <summary>Or the version to roll back to.</summary>
    public long? Version { get; init; }
}
