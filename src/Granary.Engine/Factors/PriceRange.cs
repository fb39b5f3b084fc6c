using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>From the lowest low to the highest high.</summary>
[Factor("range", "Distance from the lowest low to the highest high of the last n bars.",
    Formula = "highest(n) − lowest(n)", Source = "textbook", Range = "0 …")]
public sealed class PriceRange([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private RollingMaximum _highest = new(n);
    private RollingMinimum _lowest = new(n);
    private long _seen;

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var result = lines[0];
        for (var i = 0; i < high.Length; i++)
        {
            var range = _highest.Next(high[i]) - _lowest.Next(low[i]);
            result[i] = ++_seen >= n ? range : double.NaN;
        }
    }
}
