using System.Diagnostics.Metrics;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Does not come back from its constructor.</summary>
public sealed class Unborn : Strategy
{
    public Unborn([Range(1, 2)] int which = 1)
    {
        // The catalogue makes one of each class to see what it is like; only a strategy that a batch asks for crashes.
        if (which == 2) Thread.Sleep(Timeout.Infinite);
    }

    public override void OnBar(StrategyContext bar)
    {
    }
}
