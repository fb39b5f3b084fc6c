using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Kaufman's adaptive moving average of the close.</summary>
[Factor("kama", "Kaufman's adaptive moving average: quick where the close runs straight, slow where it wavers.",
    Formula = "k + s² · (close − k), s = efficiency(n) · (2/(fast+1) − 2/(slow+1)) + 2/(slow+1), from the n-th close; the close itself where nothing moved",
    Source = "Kaufman 1995; Stock.Indicators", Range = "price")]
public sealed class Kama([Range(1, 10_000)] int n = 10, [Range(1, 1_000)] int fast = 2, [Range(1, 10_000)] int slow = 30) : FactorKernel
{
    private readonly double _fast = 2.0 / (fast + 1), _slow = 2.0 / (slow + 1);
    private EfficiencyRatio _ratio = new(n);
    private double _average = double.NaN;
    private long _seen;

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            var ratio = _ratio.Next(close[i]);
            if (++_seen > n)
            {
                var share = ratio * (_fast - _slow) + _slow;
                if (_ratio.Way > 0) _average += share * share * (close[i] - _average);
                else _average = close[i];
            }
            else if (_seen == n)
            {
                _average = close[i];
            }
            result[i] = _average;
        }
    }
}
