using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Bands of some standard deviations around the simple average of the close.</summary>
[Factor("bollinger", "Bands of so many standard deviations around the simple average of the close.", Lines = "middle,upper,lower,percent,width",
    Formula = "middle = sma(n); upper, lower = middle ± deviations · stddev(n); percent = (close − lower) / (upper − lower); width = (upper − lower) / middle",
    Source = "Bollinger 1983; Stock.Indicators", Range = "price", Undefined = ".percent while all n closes are equal")]
public sealed class Bollinger([Range(2, 10_000)] int n = 20, [Range(0.01, 100)] double deviations = 2) : FactorKernel
{
    private readonly double[] _window = new double[n];
    private RollingMoments _moments = new(n);
    private ExactSum _sum;
    private int _at, _seen;

    public override int WarmUp => n;

    public override void Start() => _sum = new ExactSum(Series.Instrument.PriceDecimals);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var middle = lines[0];
        var upper = lines[1];
        var lower = lines[2];
        var percent = lines[3];
        var width = lines[4];
        for (var i = 0; i < close.Length; i++)
        {
            var value = close[i];
            if (_seen == n) _sum.Remove(_window[_at]);
            else _seen++;
            _sum.Add(_window[_at] = value);
            if (++_at == n) _at = 0;
            _moments.Add(value);
            if (_seen < n)
            {
                middle[i] = upper[i] = lower[i] = percent[i] = width[i] = double.NaN;
                continue;
            }
            var mean = _sum.Mean(n);
            var reach = deviations * Math.Sqrt(_moments.SumOfSquares / n);
            middle[i] = mean;
            upper[i] = mean + reach;
            lower[i] = mean - reach;
            percent[i] = (value - lower[i]) / (upper[i] - lower[i]);
            width[i] = (upper[i] - lower[i]) / mean;
        }
    }
}
