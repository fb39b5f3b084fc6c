// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

public sealed record BatchFilePortfolioLimitsGroupsItem
{
    public required IReadOnlyList<string> Symbols { get; init; }

    public double? MaxPercent { get; init; }

    public double? MaxPositions { get; init; }
}
