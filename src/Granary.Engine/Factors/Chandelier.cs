using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Exits that hang some average true ranges from the extreme of the last bars.</summary>
[Factor("chandelier", "Chandelier exit: so many average true ranges below the highest high (.long) or above the lowest low (.short).", Lines = "long,short",
    Formula = "long = highest(n) − multiplier · atr(n); short = lowest(n) + multiplier · atr(n)", Source = "Le Beau 1999; Stock.Indicators", Range = "price")]
public sealed class Chandelier([Range(1, 10_000)] int n = 22, [Range(0.01, 100)] double multiplier = 3) : FactorKernel
{
    private RollingMaximum _highest = new(n);
    private RollingMinimum _lowest = new(n);
    private AverageTrueRange _range = new(n);

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var below = lines[0];
        var above = lines[1];
        for (var i = 0; i < close.Length; i++)
        {
            var reach = multiplier * _range.Next(high[i], low[i], close[i]);
            below[i] = _highest.Next(high[i]) - reach;
            above[i] = _lowest.Next(low[i]) + reach;
        }
    }
}
