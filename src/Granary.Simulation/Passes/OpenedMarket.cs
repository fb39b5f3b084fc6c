using System.Collections.Concurrent;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Simulation.Passes;

/// <summary>A market that a batch reads, opened.</summary>
/// <param name="Smaller">Its smaller bars, where the batch names a timeframe for the path within a bar and the source holds it.</param>
public sealed record OpenedMarket(string Symbol, IBarSeries Series, Instrument Instrument, IBarSeries? Smaller = null)
{
    // By the series too: a market whose bars were replaced (with) does not read factors of the old ones.
    private readonly ConcurrentDictionary<(IBarSeries Series, Timeframe Timeframe), FactorMemory> _memories = new();

    /// <summary>Whether its bars end before those of the batch's other markets.</summary>
    public bool HasEnded { get; init; }

    /// <summary>The factors that earlier passes over the bars at a timeframe left; null where they are not kept.</summary>
    public FactorMemory? MemoryOf(Timeframe timeframe) => _memories.GetValueOrDefault((Series, timeframe));

    /// <summary>From now on passes over the bars at a timeframe leave their factors to the next, unless they do already.</summary>
    /// <param name="bars">How many it has.</param>
    public void Keep(Timeframe timeframe, long bars, FactorBudget budget) =>
        _memories.GetOrAdd((Series, timeframe), _ => new FactorMemory(bars, budget));
}
