using System.Diagnostics.Metrics;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Does not come back from a bar.</summary>
/// <param name="turns">Those of its cluster.</param>
public sealed class Looper(LoopTurns turns, [Range(1, 100_000)] int at = 200) : Strategy
{
    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        if (++_bars != at) return;
        // Nothing but memory: the thread is stopped in the middle of it.
        while (true) turns.Count++;
    }
}
