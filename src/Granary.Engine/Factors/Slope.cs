using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Least-squares line through the closes.</summary>
[Factor("slope", "Slope of the least-squares line through the last n closes, per bar; .r2 is its fit, .intercept its value at bar number 0 of the feed.", Lines = ",r2,intercept",
    Formula = "slope = Σ(x − x̄)(close − mean) / Σ(x − x̄)²; r2 = squared correlation; intercept = mean − slope · x̄, x = 1 for the feed's first bar",
    Source = "textbook; Stock.Indicators", Range = "price per bar", Undefined = ".r2 while all n closes are equal")]
public sealed class Slope([Range(2, 10_000)] int n = 20) : FactorKernel
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
        for (var i = 0; i < close.Length; i++)
        {
            _sum.Add(close[i]);
            _moments.Add(close[i]);
            _seen++;
            if (_seen < n)
            {
                slope[i] = fit[i] = intercept[i] = double.NaN;
                continue;
            }
            var sumXY = _sum.Covariation;
            var sumYY = _moments.SumOfSquares;
            slope[i] = sumXY / _sumXX;
            fit[i] = sumYY > 0 ? Math.Min(1, sumXY * sumXY / (_sumXX * sumYY)) : double.NaN;
            intercept[i] = _sum.Mean - slope[i] * (_seen - (n - 1) / 2.0);
        }
    }
}
