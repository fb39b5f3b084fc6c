using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volatilities;

/// <summary>Bands of some average true ranges around the exponential average of the close.</summary>
[Factor("keltner", "Bands of so many average true ranges around the exponential average of the close.", Lines = "middle,upper,lower,width",
    Formula = "middle = ema(n); upper, lower = middle ± multiplier · atr(atr); width = (upper − lower) / middle",
    Source = "Keltner 1960, Raschke; Stock.Indicators", Range = "price")]
internal sealed class Keltner([Range(1, 10_000)] int n = 20, [Range(0.01, 100)] double multiplier = 2, [Range(1, 10_000)]
    int atr = 10) : FactorKernel
{
    private ExponentialAverage _average = new(n);
    private AverageTrueRange _range = new(atr);
    private long _seen;

    public override int WarmUp => Math.Max(n, atr);

    public override int WarmUpOf(int line) => line == 0 ? WarmUp : Math.Max(n, atr + 1);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var middle = lines[0];
        var upper = lines[1];
        var lower = lines[2];
        var width = lines[3];
        _average.Next(bars.Close, middle);
        _range.Next(bars.High, bars.Low, bars.Close, upper);
        Blank(middle, ref _seen, WarmUp);
        for (var i = 0; i < middle.Length; i++)
        {
            var reach = multiplier * upper[i];
            upper[i] = middle[i] + reach;
            lower[i] = middle[i] - reach;
            width[i] = 2 * reach / middle[i];
        }
    }
}
