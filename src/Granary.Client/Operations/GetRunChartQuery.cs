// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Operations;

/// <summary>The parameters of the query of GetRunChart.</summary>
public sealed record GetRunChartQuery
{
    public required string Symbol { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    public string? Timeframe { get; init; }

    public string? Factors { get; init; }

    public string? Strategy { get; init; }

    public int? Points { get; init; }
}
