using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>The stochastic oscillator of the relative strength index.</summary>
[Factor("stochastic-rsi", "Stochastic oscillator of the relative strength index, with its signal.", Lines = "k,d",
    Formula = "raw = 100 · (rsi − min(rsi, n)) / (max(rsi, n) − min(rsi, n)), 0 on a flat range; k = sma(raw, smooth); d = sma(k, signal)",
    Source = "Chande and Kroll 1994; Stock.Indicators", Range = "0 … 100")]
internal sealed class StochasticRsi([Range(1, 10_000)] int rsi = 14, [Range(1, 10_000)] int n = 14, [Range(1, 1_000)]
    int smooth = 1, [Range(1, 1_000)] int signal = 3) : ChunkedKernel
{
    private readonly double[] _scratch = new double[Longest];
    private RelativeStrength _strength = new(rsi);
    private RollingFold<Greatest> _highest = new(n);
    private RollingFold<Least> _lowest = new(n);
    private readonly StochasticSmoothing _smoothing = new(smooth, signal, rsi + n);

    public override int WarmUp => rsi + n + smooth - 1;

    public override int WarmUpOf(int line) => line == 0 ? WarmUp : WarmUp + signal - 1;

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var k = lines[0];
        var d = lines[1];
        var strength = _scratch.AsSpan(0, close.Length);
        _strength.Next(close, strength);
        var from = Cold(close.Length, _smoothing.Seen, rsi + 1);
        _highest.Next(strength[from..], k[from..]);
        _lowest.Next(strength[from..], d[from..]);
        Stochastic.Raw(strength[from..], k[from..], d[from..]);
        _smoothing.Apply(k, d);
    }
}
