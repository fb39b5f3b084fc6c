// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>An entry of the history of deployments.</summary>
public sealed record DeploymentEvent
{
    /// <summary>From 1, over all deployments.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    public required DeploymentAction Action { get; init; }

    public required int Number { get; init; }

    public required string Who { get; init; }

    public required string Why { get; init; }

    /// <summary>The strategy that was enabled or disabled; empty for all of string DeploymentEvent.Symbol.</summary>
    public required string Strategy { get; init; }

    /// <summary>The pair whose strategies were enabled or disabled.</summary>
    public required string Symbol { get; init; }

    /// <summary>The account that was switched or started.</summary>
    public required string Account { get; init; }

    /// <summary>Folder of the session's run.</summary>
    public required string Run { get; init; }

    /// <summary>What became of open trades, in words.</summary>
    public required string Policy { get; init; }
}
