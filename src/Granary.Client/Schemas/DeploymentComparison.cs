// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>A session of a deployment beside its backtest.</summary>
public sealed record DeploymentComparison
{
    public required int Deployment { get; init; }

    public required string Account { get; init; }

    /// <summary>The name of the session's run.</summary>
    public required string Run { get; init; }

    /// <summary>On how many days the return was outside of its band.</summary>
    public required int Outside { get; init; }

    /// <summary>Net profit of trades that earlier deployments entered; no day has it.</summary>
    public required double Earlier { get; init; }

    /// <summary>The difference of all days, by cause.</summary>
    public required IReadOnlyDictionary<string, double> Causes { get; init; }

    public required IReadOnlyList<DeploymentDay> Days { get; init; }
}
