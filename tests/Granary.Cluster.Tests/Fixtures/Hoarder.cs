using System.Diagnostics.Metrics;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Allocates without measure.</summary>
public sealed class Hoarder : Strategy
{
    private byte[]? _last;

    public override void OnBar(StrategyContext bar) => _last = new byte[1 << 20];

    public override string ToString() => $"{_last?.Length}";
}
