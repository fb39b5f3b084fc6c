using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volumes;

/// <summary>Share of volume that closed near the highs.</summary>
[Factor("cmf", "Chaikin money flow: volume weighted by where each bar closed in its range, in proportion to all volume of n bars.",
    Formula = "Σ m · volume / Σ volume, m = ((close − low) − (high − close)) / (high − low), 0 on a flat bar",
    Source = "Chaikin; Stock.Indicators", Range = "-1 … 1", Undefined = "while none of the n bars has volume")]
internal sealed class ChaikinMoneyFlow([Range(1, 10_000)] int n = 20) : ChunkedKernel
{
    private readonly double[] _scratch = new double[Longest];
    private RollingSumPair _sums = new(n);
    private long _seen;

    public override int WarmUp => n;

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        var total = _scratch.AsSpan(0, result.Length);
        AccumulationDistribution.Flow(bars, result);
        _sums.Next(result, bars.Volume, result, total);
        for (var i = 0; i < result.Length; i++) result[i] = total[i] > 0 ? result[i] / total[i] : double.NaN;
        Blank(result, ref _seen, n);
    }
}
