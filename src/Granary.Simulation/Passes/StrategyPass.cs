using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>One pass of a plan's strategies over their bars, for an <see cref="IBatchHost"/>.</summary>
/// <param name="Markets">All markets that the strategies read, by symbol.</param>
internal sealed record StrategyPass(BatchPlan Plan, IReadOnlyDictionary<string, OpenedMarket> Markets)
{
    /// <summary>Selects the strategies to run.</summary>
    public Func<StrategyInstance, bool> Include { get; init; } = static _ => true;

    /// <summary>Receives their signals and trades; null = they are dropped.</summary>
    public IEventSink? Events { get; init; }

    /// <summary>
    /// Receives the events of the runs that a live portfolio follows in place of the strategies' own; null = they are dropped.
    /// </summary>
    public IEventSink? MemberEvents { get; init; }

    /// <summary>Whether signals carry the values of the strategy's factors.</summary>
    public bool WithFactors { get; init; }

    /// <summary>
    /// Called with groups of finished strategies, never concurrently. A repeated outcome is identical.
    /// </summary>
    public Action<IReadOnlyList<StrategyOutcome>> Finished { get; init; } = static _ => { };

    public IProgress<BatchProgress>? Progress { get; init; }

    /// <summary>
    /// Whether the strategies ran before, and run again for their events. The progress of the batch says so, and keeps its counts.
    /// </summary>
    public bool IsRepeated { get; init; }

    /// <summary>Whether the pass is a round of a search, whose progress counts also if the bars end early.</summary>
    public bool IsRound { get; init; }

    /// <summary>Reports and stops single strategies of the pass; null if not needed.</summary>
    public RunningStrategies? Running { get; init; }

    /// <summary>Runs the pass on a host and returns the outcomes by strategy index.</summary>
    public async Task<Dictionary<int, StrategyOutcome>> OutcomesAsync(IBatchHost host, CancellationToken cancellationToken)
    {
        var outcomes = new Dictionary<int, StrategyOutcome>();
        var pass = this with
        {
            Finished = finished =>
            {
                foreach (var outcome in finished) outcomes[outcome.Index] = outcome;
                Finished(finished);
            },
        };
        await host.RunAsync(pass, cancellationToken);
        return outcomes;
    }
}
