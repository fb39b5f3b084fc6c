// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>Bars on which a source is likelier wrong.</summary>
public sealed record SuspectCounts
{
    public required int A { get; init; }

    public required int B { get; init; }
}
