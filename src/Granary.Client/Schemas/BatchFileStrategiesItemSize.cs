// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record BatchFileStrategiesItemSize
{
    public double? Units { get; init; }

    public double? PercentOfEquity { get; init; }

    public double? Cash { get; init; }

    public double? RiskPercent { get; init; }
}
