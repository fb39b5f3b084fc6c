// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record BatchFileAccount
{
    public double? Cash { get; init; }

    public double? RiskFreePercent { get; init; }
}
