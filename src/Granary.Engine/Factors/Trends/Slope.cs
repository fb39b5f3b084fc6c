using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Trends;

/// <summary>Least-squares line through the closes.</summary>
[Factor("slope", "Slope of the least-squares line through the last n closes, per bar; .r2 is its fit, .intercept its value at bar number 0 "
    + "of the feed.", Lines = ",r2,intercept",
    Formula = "slope = Σ(x − x̄)(close − mean) / Σ(x − x̄)²; r2 = squared correlation; intercept = mean − slope · x̄, x = 1 for the feed's "
        + "first bar",
    Source = "textbook; Stock.Indicators", Range = "price per bar", Undefined = ".r2 while all n closes are equal")]
internal sealed class Slope([Range(2, 10_000)] int n = 20) : FactorKernel
{
    private readonly double _sumXX = n * ((double)n * n - 1) / 12;
    private RollingMoments _moments = new(n);
    private ExactWeightedSum _sum;
    private long _seen;

    public override int WarmUp => n;

    public override void Start() => _sum = new ExactWeightedSum(n, Series.Instrument.PriceDecimals);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var slope = lines[0];
        var fit = lines[1];
        var intercept = lines[2];
        _sum.NextSlopes(close, slope, intercept);
        _moments.Next(close, [], fit);
        for (var i = 0; i < close.Length; i++)
        {
            // Both lines are NaN until warm, and so is what is made of them.
            fit[i] = Variation.IsNoneSquared(fit[i] / n, close[i]) ? double.NaN : double.Min(1, slope[i] * slope[i] * _sumXX / fit[i]);
            intercept[i] -= slope[i] * (++_seen - (n - 1) / 2.0);
        }
    }
}
