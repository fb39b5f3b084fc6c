using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>The stochastic oscillator of the relative strength index.</summary>
[Factor("stochastic-rsi", "Stochastic oscillator of the relative strength index, with its signal.", Lines = "k,d",
    Formula = "raw = 100 · (rsi − min(rsi, n)) / (max(rsi, n) − min(rsi, n)), 0 on a flat range; k = sma(raw, smooth); d = sma(k, signal)",
    Source = "Chande and Kroll 1994; Stock.Indicators", Range = "0 … 100")]
public sealed class StochasticRsi([Range(1, 10_000)] int rsi = 14, [Range(1, 10_000)] int n = 14, [Range(1, 1_000)] int smooth = 1, [Range(1, 1_000)] int signal = 3) : FactorKernel
{
    private RelativeStrength _strength = new(rsi);
    private RollingMaximum _highest = new(n);
    private RollingMinimum _lowest = new(n);
    private RollingSum _raw = new(smooth), _k = new(signal);
    private long _seen;

    public override int WarmUp => rsi + n + smooth - 1;

    public override int WarmUpOf(int line) => line == 0 ? WarmUp : WarmUp + signal - 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var k = lines[0];
        var d = lines[1];
        for (var i = 0; i < close.Length; i++)
        {
            k[i] = d[i] = double.NaN;
            var strength = _strength.Next(close[i]);
            if (++_seen <= rsi) continue;
            var raw = Stochastic.Raw(strength, _highest.Next(strength), _lowest.Next(strength));
            if (_seen < rsi + n) continue;
            var sum = _raw.Next(raw);
            if (_seen < WarmUp) continue;
            k[i] = sum / smooth;
            sum = _k.Next(k[i]);
            if (_seen >= WarmUp + signal - 1) d[i] = sum / signal;
        }
    }
}
