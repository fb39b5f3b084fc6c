using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>One pass of a plan's strategies over their bars: what an <see cref="IBatchHost"/> runs.</summary>
/// <param name="Markets">By symbol, all that the strategies read.</param>
public sealed record StrategyPass(BatchPlan Plan, IReadOnlyDictionary<string, OpenedMarket> Markets)
{
    /// <summary>Which strategies to run.</summary>
    public Func<StrategyInstance, bool> Include { get; init; } = static _ => true;

    /// <summary>Where their signals and trades go; null = they are dropped.</summary>
    public IEventSink? Events { get; init; }

    /// <summary>Whether signals carry the values of the strategy's factors.</summary>
    public bool WithFactors { get; init; }

    /// <summary>
    /// Called with strategies as they finish; several at a time, never concurrently. A repeated outcome is the same outcome.
    /// </summary>
    public Action<IReadOnlyList<StrategyOutcome>> Finished { get; init; } = static _ => { };

    public IProgress<BatchProgress>? Progress { get; init; }

    /// <summary>Shows and stops single strategies of the pass; null if nothing asks for them.</summary>
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
