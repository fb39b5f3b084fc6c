using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Volatilities;

/// <summary>Standard deviation of one-bar logarithmic returns.</summary>
[Factor("volatility", "Sample standard deviation of the last n one-bar logarithmic returns; per bar, not annualised.",
    Formula = "√(Σ (r − mean)² / (n − 1)), r = ln(close / close[1])", Source = "textbook", Range = "0 …, a fraction per bar")]
internal sealed class Volatility([Range(2, 10_000)] int n = 20) : FactorKernel
{
    private RollingMoments _moments = new(n);
    private double _previous = double.NaN;
    private long _seen;

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            var before = _previous;
            _previous = close[i];
            result[i] = double.NaN;
            if (double.IsNaN(before)) continue;
            _moments.Add(Math.Log(close[i] / before));
            if (++_seen < n) continue;
            var variance = _moments.SumOfSquares / (n - 1);
            result[i] = Variation.IsNoneSquared(variance, Variation.OfReturns) ? 0 : Math.Sqrt(variance);
        }
    }
}
