// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record Rollback
{
    /// <summary>The version whose weights come into force again.</summary>
    public long? Version { get; init; }

    /// <summary>Kept in the history beside the key's name.</summary>
    public string? Why { get; init; }
}
