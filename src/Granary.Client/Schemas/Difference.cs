// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A field in which two versions differ.</summary>
public sealed record Difference
{
    public required string Field { get; init; }

    public required string First { get; init; }

    public required string Second { get; init; }
}
