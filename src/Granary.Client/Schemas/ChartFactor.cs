// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A factor at the bars of a chart: at a joined bar the value at its last one; null until the factor is warm.</summary>
public sealed record ChartFactor
{
    public required string Name { get; init; }

    public required IReadOnlyList<double?> Values { get; init; }
}
