using System.Diagnostics.Metrics;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>A factor that counts how many of it are computed.</summary>
[Factor("counted", "The close, and how often it was asked for.")]
public sealed class Counted : FactorKernel
{
    /// <summary>Name of the meter and of its counter, which counts the kernels that were shown bars.</summary>
    public const string Meter = "Tests of Granary.Cluster", Counter = "counted-kernels";

    private static readonly Counter<long> Kernels = new System.Diagnostics.Metrics.Meter(Meter).CreateCounter<long>(Counter);
    private bool _seen;

    public override int WarmUp => 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        if (!_seen) Kernels.Add(1);
        _seen = true;
        bars.Close.CopyTo(lines[0]);
    }
}
