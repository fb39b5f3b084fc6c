using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>How far the typical price lies from its average, in mean absolute deviations.</summary>
[Factor("cci", "Commodity channel index: distance of the typical price from its average, in mean absolute deviations.",
    Formula = "typical = (high + low + close) / 3; (typical − mean) / (0.015 · Σ |typical − mean| / n)",
    Source = "Lambert 1980; Stock.Indicators", Range = "unbounded, mostly -200 … 200", Undefined = "while all n typical prices are equal")]
internal sealed class CommodityChannelIndex([Range(2, 10_000)] int n = 20) : FactorKernel
{
    private RollingWindow _typical = new(n);
    private RollingFold<Total> _sum = new(n);

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            var typical = (high[i] + low[i] + close[i]) / 3;
            _typical.Add(typical);
            var mean = _sum.Next(typical) / n;
            if (!_typical.IsFull)
            {
                result[i] = double.NaN;
                continue;
            }
            var deviation = _typical.AbsoluteDeviation(mean) / n;
            // A mean of equal values may miss them by a rounding: that is no deviation.
            result[i] = Variation.IsNone(deviation, mean) ? double.NaN : (typical - mean) / (0.015 * deviation);
        }
    }
}
