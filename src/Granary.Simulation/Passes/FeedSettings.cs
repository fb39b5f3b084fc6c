using Granary.Engine.Factors;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>How the strategies of a feed are run.</summary>
/// <param name="Events">Where their signals and trades go; null = they are dropped.</param>
/// <param name="WithFactors">Whether signals carry the values of the strategy's factors.</param>
public sealed record FeedSettings(ExecutionSettings Execution, IEventSink? Events, bool WithFactors)
{
    /// <summary>Writes a strategy's events; null where they are dropped.</summary>
    public RunEventWriter? WriterOf(StrategyInstance instance) =>
        Events is null ? null : new RunEventWriter(instance.Index, Events, WithFactors);

    /// <summary>Receives what a strategy does in one of its symbols, in the order of <see cref="StrategyInstance.Symbols"/>, instead of the
    /// events' receiver; null = nothing does.</summary>
    public Func<StrategyInstance, int, IRunObserver>? Observe { get; init; }

    /// <summary>What earlier passes over these bars left of a single symbol's factors.</summary>
    public FactorMemory? Memory { get; init; }
}
