using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Statistics;

/// <summary>How many standard deviations the close lies from its average.</summary>
[Factor("zscore", "How many standard deviations the close lies above its simple average.",
    Formula = "(close − sma(n)) / stddev(n)", Source = "textbook; Stock.Indicators", Range = "-√(n−1) … √(n−1)",
    Undefined = "while all n closes are equal")]
internal sealed class ZScore([Range(2, 10_000)] int n = 20) : FactorKernel
{
    private RollingMoments _moments = new(n);
    private long _seen;

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            _moments.Add(close[i]);
            var variance = _moments.SumOfSquares / n;
            result[i] = ++_seen < n || Variation.IsNoneSquared(variance, close[i]) ? double.NaN
                : (close[i] - _moments.Mean) / Math.Sqrt(variance);
        }
    }
}
