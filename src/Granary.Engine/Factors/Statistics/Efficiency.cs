using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Statistics;

/// <summary>Kaufman's efficiency ratio: how straight the way of the close was.</summary>
[Factor("efficiency", "Efficiency ratio, or trendiness: net change of the close over n bars in proportion to the way it went.",
    Formula = "|close − close[n]| / Σ |close − close[1]|; 0 where nothing moved", Source = "Kaufman 1995; Stock.Indicators (er of kama)",
    Range = "0 … 1")]
internal sealed class Efficiency([Range(1, 10_000)] int n = 10) : ChunkedKernel
{
    private readonly double[] _scratch = new double[Longest];
    private EfficiencyRatio _ratio = new(n);

    public override int WarmUp => n + 1;

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines) =>
        _ratio.Next(bars.Close, lines[0], _scratch, ifStill: 0);
}
