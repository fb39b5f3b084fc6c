using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Volatilities;

/// <summary>Population standard deviation of the close.</summary>
[Factor("stddev", "Standard deviation of the close over n bars (population).",
    Formula = "√(Σ (close − sma(n))² / n)", Source = "textbook; Stock.Indicators", Range = "0 …")]
internal sealed class StandardDeviation([Range(2, 10_000)] int n = 20) : FactorKernel
{
    private RollingMoments _moments = new(n);
    private long _seen;

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        var close = bars.Close;
        _moments.Next(close, [], result);
        for (var i = 0; i < result.Length; i++)
        {
            var variance = result[i] / n;
            result[i] = Variation.IsNoneSquared(variance, close[i]) ? 0 : Math.Sqrt(variance);
        }
        Blank(result, ref _seen, WarmUp);
    }
}
