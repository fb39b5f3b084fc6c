using System.Diagnostics.Metrics;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>A factor that looks ahead, within the block that it is shown.</summary>
[Factor("foretold", "The close of some bars later.")]
public sealed class Foretold([Range(1, 1000)] int ahead = 1) : FactorKernel
{
    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        for (var i = 0; i < bars.Close.Length; i++) lines[0][i] = bars.Close[Math.Min(i + ahead, bars.Close.Length - 1)];
    }
}
