using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Williams %R: the unsmoothed stochastic, counted down from 0.</summary>
[Factor("williams", "Williams %R: how far the close lies below the highest high of the last n bars, in percent of their range.",
    Formula = "100 · (close − lowest(n)) / (highest(n) − lowest(n)) − 100; −100 on a flat range", Source = "Williams 1979; Stock.Indicators", Range = "-100 … 0")]
public sealed class Williams([Range(1, 10_000)] int n = 14) : FactorKernel
{
    private RollingMaximum _highest = new(n);
    private RollingMinimum _lowest = new(n);
    private long _seen;

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            var raw = Stochastic.Raw(close[i], _highest.Next(high[i]), _lowest.Next(low[i]));
            result[i] = ++_seen >= n ? raw - 100 : double.NaN;
        }
    }
}
