using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Volatilities;

/// <summary>Bands of some standard deviations around the simple average of the close.</summary>
[Factor("bollinger", "Bands of so many standard deviations around the simple average of the close.",
    Lines = "middle,upper,lower,percent,width",
    Formula = "middle = sma(n); upper, lower = middle ± deviations · stddev(n); percent = (close − lower) / (upper − lower); width = "
        + "(upper − lower) / middle",
    Source = "Bollinger 1983; Stock.Indicators", Range = "price", Undefined = ".percent while all n closes are equal")]
internal sealed class Bollinger([Range(2, 10_000)] int n = 20, [Range(0.01, 100)] double deviations = 2) : FactorKernel
{
    private RollingMoments _moments = new(n);
    private RollingMean _mean;

    public override int WarmUp => n;

    public override void Start() => _mean = new RollingMean(n, Series.Instrument.PriceDecimals);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var middle = lines[0];
        var upper = lines[1];
        var lower = lines[2];
        var percent = lines[3];
        var width = lines[4];
        _mean.Next(close, middle);
        _moments.Next(close, [], upper);
        for (var i = 0; i < close.Length; i++)
        {
            // The middle is NaN until warm, and with it every line.
            var mean = middle[i];
            var variance = upper[i] / n;
            var reach = Variation.IsNoneSquared(variance, close[i]) ? 0 : deviations * Math.Sqrt(variance);
            var (top, bottom) = (mean + reach, mean - reach);
            upper[i] = top;
            lower[i] = bottom;
            percent[i] = top > bottom ? (close[i] - bottom) / (top - bottom) : double.NaN;
            width[i] = (top - bottom) / mean;
        }
    }
}
