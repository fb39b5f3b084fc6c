// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record Health
{
    /// <summary>"live", "ready" or "not ready".</summary>
    public required string Status { get; init; }

    /// <summary>What is not ready, by name; absent when all is.</summary>
    public IReadOnlyDictionary<string, string>? Reasons { get; init; }
}
