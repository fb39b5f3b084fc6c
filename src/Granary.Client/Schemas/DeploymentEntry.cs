// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A deployment in a list.</summary>
public sealed record DeploymentEntry
{
    public required int Number { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the configuration.</summary>
    public required string Hash { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    public required string Who { get; init; }

    public required string Why { get; init; }

    /// <summary>Why its validation checks do not suffice; empty where they do.</summary>
    public required IReadOnlyList<string> FailedChecks { get; init; }

    public required DeploymentBacktest Backtest { get; init; }

    /// <summary>How many it has.</summary>
    public required int Strategies { get; init; }

    /// <summary>How many of them may not enter.</summary>
    public required int Disabled { get; init; }

    /// <summary>The account that traded it last; null where none did.</summary>
    public string? LastAccount { get; init; }
}
