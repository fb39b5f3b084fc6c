// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>The backtest that justified a deployment.</summary>
public sealed record DeploymentBacktest
{
    /// <summary>The name of its folder.</summary>
    public required string Run { get; init; }

    public required string Digest { get; init; }

    /// <summary>Of the portfolio, by the names of results.json.</summary>
    public required IReadOnlyDictionary<string, double> Statistics { get; init; }

    /// <summary>How many days of equity it has.</summary>
    public required int Days { get; init; }
}
