using Granary.Engine.Market;
using Granary.Engine.Strategies;

namespace Granary.Cluster.Tests.Plugin;

/// <summary>Does not return from a bar.</summary>
/// <param name="at">Number of the bar; 0 = never.</param>
public sealed class Stuck([Range(0, 100_000)] int at = 0) : Strategy
{
    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        if (++_bars == at) Thread.Sleep(Timeout.Infinite);
    }
}
