using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Plugin;

/// <summary>Trades now and then, and computes much for it: a batch of few strategies keeps silos busy for a while.</summary>
/// <param name="variant">When it trades.</param>
/// <param name="steps">Computed at each bar, some nanoseconds each.</param>
public sealed class Plodder([Range(1, 100_000)] int variant = 1, [Range(1, 1_000_000)] int steps = 1500) : Strategy
{
    private double _sum = 1;
    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        _bars++;
        // Each step needs the one before, and a trade depends on the last: none of it can be left out.
        for (var i = 0; i < steps; i++) _sum = 0.5 * _sum + 1;
        if ((_bars + variant) % 40 == 0 && _sum > 0) bar.Enter(Side.Buy);
        else if ((_bars + variant) % 40 == 20) bar.Exit();
    }
}
