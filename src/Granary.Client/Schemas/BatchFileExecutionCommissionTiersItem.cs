// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record BatchFileExecutionCommissionTiersItem
{
    public required double From { get; init; }

    public required double Percent { get; init; }

    public double? MakerPercent { get; init; }
}
