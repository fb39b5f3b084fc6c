// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record BatchFileRegimesMachinesItemStepsItem
{
    public required double Up { get; init; }

    public required double Down { get; init; }
}
