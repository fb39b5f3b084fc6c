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
        var close = bars.Close;
        var k = lines[0];
        var d = lines[1];
        _highest.Next(bars.High, k);
        _lowest.Next(bars.Low, d);
        for (var i = 0; i < k.Length; i++) k[i] = Raw(close[i], k[i], d[i]);
        Smooth(k, d, ref _raw, ref _k, smooth, signal, ref _seen, n);
    }

    /// <summary>Turns raw values, standing in the first line, into the smoothed ones and their average.</summary>
    /// <param name="warmUp">The first bar with a raw value, counted from 1.</param>
    internal static void Smooth(Span<double> k, Span<double> d, ref RollingSum raw, ref RollingSum smoothed, int smooth, int signal, ref long seen, int warmUp)
    {
        var from = Cold(k.Length, seen, warmUp);
        raw.Next(k[from..], k[from..]);
        for (var i = from; i < k.Length; i++) k[i] /= smooth;
        from = Cold(k.Length, seen, warmUp + smooth - 1);
        smoothed.Next(k[from..], d[from..]);
        for (var i = from; i < d.Length; i++) d[i] /= signal;
        Blank(k, seen, warmUp + smooth - 1);
        Blank(d, ref seen, warmUp + smooth + signal - 2);
    }
}
