// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record VersionEntry
{
    public required int Number { get; init; }

    /// <summary>Whether it is the version in use.</summary>
    public required bool IsCurrent { get; init; }

    public required string ModelHash { get; init; }

    public required ModelLineage Lineage { get; init; }
}
