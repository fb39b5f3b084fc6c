using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Trends;

/// <summary>Age of the highest high and of the lowest low.</summary>
[Factor("aroon", "How recent the highest high (.up) and the lowest low (.down) of the last n + 1 bars are.", Lines = "up,down,oscillator",
    Formula = "up = 100 · (n − bars since the highest high of n + 1) / n, down likewise, the older of equal extremes counting; oscillator "
        + "= up − down",
    Source = "Chande 1995; Stock.Indicators", Range = "0 … 100")]
internal sealed class Aroon([Range(1, 10_000)] int n = 25) : FactorKernel
{
    private RollingExtreme _highest = new(n + 1, sign: 1), _lowest = new(n + 1, sign: -1);
    private long _seen;

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var up = lines[0];
        var down = lines[1];
        var oscillator = lines[2];
        for (var i = 0; i < high.Length; i++)
        {
            var sinceHigh = _highest.AgeAfter(high[i]);
            var sinceLow = _lowest.AgeAfter(low[i]);
            var warm = ++_seen > n;
            up[i] = warm ? 100.0 * (n - sinceHigh) / n : double.NaN;
            down[i] = warm ? 100.0 * (n - sinceLow) / n : double.NaN;
            oscillator[i] = up[i] - down[i];
        }
    }
}
