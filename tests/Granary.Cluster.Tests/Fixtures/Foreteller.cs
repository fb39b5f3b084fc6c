using System.Diagnostics.Metrics;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Trades on what is not known yet.</summary>
public sealed class Foreteller : Strategy
{
    private readonly Factor _foretold;

    public Foreteller([Range(1, 1000)] int ahead = 1) => _foretold = Use("foretold", ahead);

    public override void OnBar(StrategyContext bar)
    {
        if (bar[_foretold] > bar.Close) bar.Go(Side.Buy);
        else bar.Exit();
    }
}
