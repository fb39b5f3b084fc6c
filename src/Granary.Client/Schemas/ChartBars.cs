// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>The price chart of a strategy: bars with the factors that it uses.</summary>
public sealed record ChartBars
{
    public required RunBars Bars { get; init; }

    public required IReadOnlyList<ChartFactor> Factors { get; init; }

    /// <summary>null where no strategy is named.</summary>
    public ChartLevels? Levels { get; init; }
}
