// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>One day of a deployment, live against the backtest.</summary>
public sealed record DeploymentDay
{
    public required DateOnly Day { get; init; }

    /// <summary>Equity that the deployment's own trades made of its cash, at the day's end.</summary>
    public required double Live { get; init; }

    /// <summary>Equity of a backtest of the same bars.</summary>
    public required double Promised { get; init; }

    public required double Difference { get; init; }

    /// <summary>What the day added to the difference, by cause.</summary>
    public required IReadOnlyDictionary<string, double> Causes { get; init; }

    /// <summary>Of the account since the first day; a fraction.</summary>
    public required double Return { get; init; }

    /// <summary>The least return that the backtest lets expect with 95 %; null where it has too few days to say.</summary>
    public double? Low { get; init; }

    /// <summary>The greatest.</summary>
    public double? High { get; init; }

    /// <summary>Whether the return has left the band.</summary>
    public required bool Outside { get; init; }
}
