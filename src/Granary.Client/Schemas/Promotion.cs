// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record Promotion
{
    /// <summary>The version to make current.</summary>
    public int? Version { get; init; }
}
