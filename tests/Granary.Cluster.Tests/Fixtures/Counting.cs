using System.Diagnostics.Metrics;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Asks for the factor that counts.</summary>
public sealed class Counting : Strategy
{
    private readonly Factor _counted;
    private readonly int _variant;
    private int _bars;

    public Counting([Range(0, 100_000)] int variant = 0)
    {
        _variant = variant;
        _counted = Use("counted");
    }

    public override void OnBar(StrategyContext bar)
    {
        if ((++_bars + _variant) % 40 == 0 && bar[_counted] > 0) bar.Enter(Side.Buy);
        else if ((_bars + _variant) % 40 == 20) bar.Exit();
    }
}
