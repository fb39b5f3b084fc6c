// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record ModelEntry
{
    public required string Name { get; init; }

    /// <summary>How many there are.</summary>
    public required int Versions { get; init; }

    /// <summary>The version in use; 0 where none is.</summary>
    public required int Current { get; init; }
}
