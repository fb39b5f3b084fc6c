// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record ModelDecision
{
    public required ModelAction Action { get; init; }

    /// <summary>The version to use instead; null where it is to be kept or trained.</summary>
    public int? Version { get; init; }

    /// <summary>One sentence.</summary>
    public required string Reason { get; init; }
}
