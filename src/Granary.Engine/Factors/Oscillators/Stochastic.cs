using System.Numerics;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>Position of the close within the range of the last bars, smoothed, and the average of it.</summary>
[Factor("stochastic", "Stochastic oscillator: where the close lies in the range of the last n bars, smoothed, with its signal.",
    Lines = "k,d",
    Formula = "raw = 100 · (close − lowest(n)) / (highest(n) − lowest(n)), 0 on a flat range; k = sma(raw, smooth); d = sma(k, signal)",
    Source = "Lane; Stock.Indicators", Range = "0 … 100")]
internal sealed class Stochastic([Range(1, 10_000)] int n = 14, [Range(1, 1_000)] int smooth = 3, [Range(1, 1_000)]
    int signal = 3) : FactorKernel
{
    private RollingFold<Greatest> _highest = new(n);
    private RollingFold<Least> _lowest = new(n);
    private readonly StochasticSmoothing _smoothing = new(smooth, signal, n);

    public override int WarmUp => n + smooth - 1;

    public override int WarmUpOf(int line) => line == 0 ? WarmUp : WarmUp + signal - 1;

    /// <summary>Computes the unsmoothed oscillator of one bar.</summary>
    private static double Raw(double close, double high, double low) =>
        high == low || close <= low ? 0 : close >= high ? 100 : 100 * (close - low) / (high - low);

    /// <summary>Computes the unsmoothed oscillator of a run of bars; it overwrites the highest prices.</summary>
    internal static void Raw(ReadOnlySpan<double> close, Span<double> highest, ReadOnlySpan<double> lowest)
    {
        var hundred = new Vector<double>(100);
        var i = 0;
        for (; i <= highest.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var high = new Vector<double>(highest[i..]);
            var low = new Vector<double>(lowest[i..]);
            var now = new Vector<double>(close[i..]);
            // A close at the top is exactly 100 and one at the bottom exactly 0, in spite of rounding; a flat range is 0.
            var raw = hundred * (now - low) / (high - low);
            raw = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(now, high), hundred, raw);
            Vector.ConditionalSelect(Vector.LessThanOrEqual(now, low), Vector<double>.Zero, raw).CopyTo(highest[i..]);
        }
        for (; i < highest.Length; i++) highest[i] = Raw(close[i], highest[i], lowest[i]);
    }

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var k = lines[0];
        var d = lines[1];
        _highest.Next(bars.High, k);
        _lowest.Next(bars.Low, d);
        Raw(close, k, d);
        _smoothing.Apply(k, d);
    }
}
