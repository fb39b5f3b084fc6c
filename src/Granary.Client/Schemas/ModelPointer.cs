// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>Which version is in use, and which were before.</summary>
public sealed record ModelPointer
{
    /// <summary>0 where none is.</summary>
    public required int Current { get; init; }

    /// <summary>Oldest first; the current one is not among them.</summary>
    public required IReadOnlyList<int> History { get; init; }
}
