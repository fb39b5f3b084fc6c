// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record BatchFileRegimesRulesItem
{
    public required IReadOnlyDictionary<string, string> When { get; init; }

    public required string State { get; init; }
}
