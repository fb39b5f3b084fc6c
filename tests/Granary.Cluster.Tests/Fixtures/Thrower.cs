using System.Diagnostics.Metrics;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Throws at a bar.</summary>
public sealed class Thrower([Range(1, 100_000)] int at = 100) : Strategy
{
    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        if (++_bars == at) throw new InvalidOperationException("this strategy crashes as asked");
    }
}
