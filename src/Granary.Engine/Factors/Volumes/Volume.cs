using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volumes;

/// <summary>The average volume of a bar.</summary>
[Factor("volume", "Average volume over n bars; of one bar its own.", Formula = "sum(volume, n) / n", Source = "the feed", Range = "0 …")]
internal sealed class Volume([Range(1, 10_000)] int n = 1) : FactorKernel
{
    private RollingMean _mean = new(n, -1);

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        if (n == 1) bars.Volume.CopyTo(lines[0]);
        else _mean.Next(bars.Volume, lines[0]);
    }
}
