// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A class of a catalogue, for forms.</summary>
public sealed record CatalogueItem
{
    public required string Name { get; init; }

    public required string Summary { get; init; }

    public required IReadOnlyList<CatalogueParameter> Parameters { get; init; }

    /// <summary>The names of a factor's lines behind its first; null for other classes.</summary>
    public IReadOnlyList<string>? Lines { get; init; }
}
