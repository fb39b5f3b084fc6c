using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Where the close lies in the range of the last bars, smoothed, and its own average.</summary>
[Factor("stochastic", "Stochastic oscillator: where the close lies in the range of the last n bars, smoothed, with its signal.", Lines = "k,d",
    Formula = "raw = 100 · (close − lowest(n)) / (highest(n) − lowest(n)), 0 on a flat range; k = sma(raw, smooth); d = sma(k, signal)",
    Source = "Lane; Stock.Indicators", Range = "0 … 100")]
public sealed class Stochastic([Range(1, 10_000)] int n = 14, [Range(1, 1_000)] int smooth = 3, [Range(1, 1_000)] int signal = 3) : FactorKernel
{
    private RollingMaximum _highest = new(n);
    private RollingMinimum _lowest = new(n);
    private RollingSum _raw = new(smooth), _k = new(signal);
    private long _seen;

    public override int WarmUp => n + smooth - 1;

    public override int WarmUpOf(int line) => line == 0 ? WarmUp : WarmUp + signal - 1;

    /// <summary>The unsmoothed oscillator of one bar.</summary>
    internal static double Raw(double close, double high, double low) =>
        high == low || close <= low ? 0 : close >= high ? 100 : 100 * (close - low) / (high - low);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var k = lines[0];
        var d = lines[1];
        for (var i = 0; i < close.Length; i++)
        {
            var raw = Raw(close[i], _highest.Next(high[i]), _lowest.Next(low[i]));
            _seen++;
            k[i] = d[i] = double.NaN;
            if (_seen < n) continue;
            var sum = _raw.Next(raw);
            if (_seen < WarmUp) continue;
            var smoothed = sum / smooth;
            k[i] = smoothed;
            sum = _k.Next(smoothed);
            if (_seen >= WarmUp + signal - 1) d[i] = sum / signal;
        }
    }
}
