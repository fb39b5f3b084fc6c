// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record BatchFileRegimes
{
    public required IReadOnlyList<BatchFileRegimesMachinesItem> Machines { get; init; }

    public IReadOnlyList<BatchFileRegimesRulesItem>? Rules { get; init; }

    public string? Otherwise { get; init; }
}
