using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>Williams %R: the unsmoothed stochastic, counted down from 0.</summary>
[Factor("williams", "Williams %R: how far the close lies below the highest high of the last n bars, in percent of their range.",
    Formula = "100 · (close − lowest(n)) / (highest(n) − lowest(n)) − 100; −100 on a flat range", Source = "Williams 1979; Stock.Indicators", Range = "-100 … 0")]
public sealed class Williams([Range(1, 10_000)] int n = 14) : ChunkedKernel
{
    private RollingFold<Greatest> _highest = new(n);
    private RollingFold<Least> _lowest = new(n);
    private readonly double[] _scratch = new double[Longest];
    private long _seen;

    public override int WarmUp => n;

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        var lowest = _scratch.AsSpan(0, result.Length);
        _highest.Next(bars.High, result);
        _lowest.Next(bars.Low, lowest);
        Stochastic.Raw(bars.Close, result, lowest);
        for (var i = 0; i < result.Length; i++) result[i] -= 100;
        Blank(result, ref _seen, WarmUp);
    }
}
