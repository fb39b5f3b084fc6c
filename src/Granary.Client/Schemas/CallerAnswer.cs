// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record CallerAnswer
{
    public required string Name { get; init; }

    public required string Role { get; init; }

    public required bool Keys { get; init; }
}
