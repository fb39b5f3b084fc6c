using System.Diagnostics.Metrics;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Trades now and then, and takes its time: a batch of it lasts as long on any machine.</summary>
/// <param name="gates">Those of its cluster.</param>
/// <param name="every">Bars between two sleeps.</param>
/// <param name="milliseconds">Of a sleep.</param>
/// <param name="gateAt">
/// The bar at which it waits while the gate of that number is closed, unless the gate names another; 0 is never.
/// </param>
public sealed class Dawdler(Gates gates, [Range(1, 100_000)] int every = 100, [Range(0, 10_000)] int milliseconds = 1,
    [Range(0, 100_000)] int variant = 0, [Range(0, 100_000)] int gateAt = 0) : Strategy
{
    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        if (++_bars % every == 0) Thread.Sleep(milliseconds);
        gates.Pass(_bars, gateAt);
        if ((_bars + variant) % 40 == 0) bar.Enter(Side.Buy);
        else if ((_bars + variant) % 40 == 20) bar.Exit();
    }
}
