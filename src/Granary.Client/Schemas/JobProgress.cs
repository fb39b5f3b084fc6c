// Generated from docs/openapi.json by GeneratedClientTests.
namespace Granary.Client.Schemas;

/// <summary>How far the work has come.</summary>
public sealed record JobProgress
{
    /// <summary>Strategies of the batch; 0 until it is planned.</summary>
    public required int Strategies { get; init; }

    /// <summary>Of them, those whose results are in, failed ones included.</summary>
    public required int Done { get; init; }

    /// <summary>Of those, the ones that failed alone.</summary>
    public required int Failed { get; init; }

    /// <summary>Bar evaluations so far: bars times the strategies that saw them.</summary>
    public required long Bars { get; init; }

    /// <summary>The same when all is done; 0 until it is known.</summary>
    public required long BarsTotal { get; init; }

    /// <summary>A word for what is being done.</summary>
    public string? Stage { get; init; }

    /// <summary>Of the process that computes, in a cluster of the silo that controls the run; null until it is measured.</summary>
    public ProcessLoad? Load { get; init; }

    /// <summary>The best strategies of a backtest so far, the best first; null for other jobs.</summary>
    public IReadOnlyList<StrategyLeader>? Leaders { get; init; }
}
