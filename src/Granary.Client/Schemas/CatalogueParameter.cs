// Generated from docs/openapi.json by GeneratedClientTests.
using System.Text.Json;

namespace Granary.Client.Schemas;

/// <summary>A parameter of a class.</summary>
public sealed record CatalogueParameter
{
    public required string Name { get; init; }

    /// <summary>int, double, bool, string, or enum with its Values.</summary>
    public required string Type { get; init; }

    /// <summary>null where it must be given.</summary>
    public JsonElement? Default { get; init; }

    /// <summary>null = none.</summary>
    public double? Minimum { get; init; }

    /// <summary>null = none.</summary>
    public double? Maximum { get; init; }

    public IReadOnlyList<string>? Values { get; init; }
}
