using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>How much of the bars' ranges was spent on going nowhere.</summary>
[Factor("choppiness", "Choppiness index: how much of the bars' true ranges was spent on going nowhere; high in a range, low in a trend.",
    Formula = "100 · ln(Σ true-range / (max(true high) − min(true low))) / ln(n)", Source = "Dreiss 1993; Stock.Indicators", Range = "0 … 100",
    Undefined = "while nothing moved over n bars")]
public sealed class Choppiness([Range(2, 10_000)] int n = 14) : FactorKernel
{
    private readonly double _scale = 100 / Math.Log(n);
    private RollingMaximum _highest = new(n);
    private RollingMinimum _lowest = new(n);
    private RollingSum _sum = new(n);
    private double _previous = double.NaN;
    private long _seen;

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            var before = _previous;
            _previous = close[i];
            result[i] = double.NaN;
            if (double.IsNaN(before)) continue;
            var top = Math.Max(high[i], before);
            var bottom = Math.Min(low[i], before);
            var sum = _sum.Next(top - bottom);
            var range = _highest.Next(top) - _lowest.Next(bottom);
            if (++_seen >= n && range > 0) result[i] = _scale * Math.Log(sum / range);
        }
    }
}
