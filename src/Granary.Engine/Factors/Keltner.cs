using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Bands of some average true ranges around the exponential average of the close.</summary>
[Factor("keltner", "Bands of so many average true ranges around the exponential average of the close.", Lines = "middle,upper,lower,width",
    Formula = "middle = ema(n); upper, lower = middle ± multiplier · atr(atr); width = (upper − lower) / middle", Source = "Keltner 1960, Raschke; Stock.Indicators", Range = "price")]
public sealed class Keltner([Range(1, 10_000)] int n = 20, [Range(0.01, 100)] double multiplier = 2, [Range(1, 10_000)] int atr = 10) : FactorKernel
{
    private ExponentialAverage _average = new(n);
    private AverageTrueRange _range = new(atr);
    private long _seen;

    public override int WarmUp => Math.Max(n, atr);

    public override int WarmUpOf(int line) => line == 0 ? WarmUp : Math.Max(n, atr + 1);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var middle = lines[0];
        var upper = lines[1];
        var lower = lines[2];
        var width = lines[3];
        for (var i = 0; i < close.Length; i++)
        {
            var average = _average.Next(close[i]);
            var reach = multiplier * _range.Next(high[i], low[i], close[i]);
            if (++_seen < WarmUp) average = double.NaN;
            middle[i] = average;
            upper[i] = average + reach;
            lower[i] = average - reach;
            width[i] = 2 * reach / average;
        }
    }
}
