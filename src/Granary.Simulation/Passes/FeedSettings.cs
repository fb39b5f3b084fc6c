using Granary.Engine.Factors;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Settings for running the strategies of a feed.</summary>
/// <param name="Events">Receives signals and trades; null = they are dropped.</param>
/// <param name="WithFactors">Whether signals carry the values of the strategy's factors.</param>
public sealed record FeedSettings(ExecutionSettings Execution, IEventSink? Events, bool WithFactors)
{
    /// <summary>Creates the event writer of a strategy; null if events are dropped.</summary>
    public RunEventWriter? WriterOf(StrategyInstance instance) =>
        Events is null ? null : new RunEventWriter(instance.Index, Events, WithFactors);

    /// <summary>
    /// Returns an observer for a strategy's actions in one symbol, by its position in <see cref="StrategyInstance.Symbols"/>. It takes the
    /// place of the receiver of the symbol's events, which it is given; null = none.
    /// </summary>
    public Func<StrategyInstance, int, IRunObserver?, IRunObserver>? Observe { get; init; }

    /// <summary>Factor columns of a single symbol that earlier passes over the same bars have computed.</summary>
    public FactorMemory? Memory { get; init; }
}
