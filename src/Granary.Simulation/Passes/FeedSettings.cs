using Granary.Engine.Factors;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Settings for running the strategies of a feed.</summary>
/// <param name="Events">Receives signals and trades; null = they are dropped.</param>
/// <param name="WithFactors">Whether signals carry the values of the strategy's factors.</param>
internal sealed record FeedSettings(ExecutionSettings Execution, IEventSink? Events, bool WithFactors)
{
    /// <summary>Creates the event writer of a strategy; null if events are dropped.</summary>
    public RunEventWriter? WriterOf(StrategyInstance instance) =>
        Events is null ? null : new RunEventWriter(instance.Index, Events, WithFactors);

    /// <inheritdoc cref="StrategyPass.MemberEvents"/>
    public IEventSink? MemberEvents { get; init; }

    /// <summary>
    /// Returns the listener of a strategy. It takes the place of the strategy's event writer, which it is given; null = none.
    /// </summary>
    public Func<StrategyInstance, IRunListener?, IRunListener>? ListenerOf { get; init; }

    /// <summary>Factor columns of a single symbol that earlier passes over the same bars have computed.</summary>
    public FactorMemory? Memory { get; init; }
}
