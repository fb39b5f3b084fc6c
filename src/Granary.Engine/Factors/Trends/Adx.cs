using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Trends;

/// <summary>Wilder's directional movement: how strongly the market trends, and which way.</summary>
[Factor("adx", "Average directional index: the strength of the trend; .plus and .minus are the directional indicators.",
    Lines = ",plus,minus",
    Formula = "plus, minus = 100 · rma(±DM, n) / rma(true-range, n); adx = rma(100 · |plus − minus| / (plus + minus), n)",
    Source = "Wilder 1978; Stock.Indicators", Range = "0 … 100")]
internal sealed class Adx([Range(2, 10_000)] int n = 14) : FactorKernel
{
    private ExponentialAverage _range = new(n, 1.0 / n), _plus = new(n, 1.0 / n), _minus = new(n, 1.0 / n), _index = new(n, 1.0 / n);
    private double _high = double.NaN, _low, _close;

    public override int WarmUp => 2 * n;

    public override int WarmUpOf(int line) => line == 0 ? WarmUp : n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var adx = lines[0];
        var plus = lines[1];
        var minus = lines[2];
        for (var i = 0; i < close.Length; i++)
        {
            adx[i] = plus[i] = minus[i] = double.NaN;
            var (up, down, before) = (high[i] - _high, _low - low[i], _close);
            var first = double.IsNaN(_high);
            (_high, _low, _close) = (high[i], low[i], close[i]);
            if (first) continue;

            var range = _range.Next(TrueRanges.Of(high[i], low[i], before));
            var rise = _plus.Next(up > down && up > 0 ? up : 0);
            var fall = _minus.Next(down > up && down > 0 ? down : 0);
            if (double.IsNaN(range)) continue;
            // A market that does not move has no direction.
            var (pdi, mdi) = range > 0 ? (100 * rise / range, 100 * fall / range) : (0, 0);
            plus[i] = pdi;
            minus[i] = mdi;
            adx[i] = _index.Next(pdi == mdi ? 0 : 100 * Math.Abs(pdi - mdi) / (pdi + mdi));
        }
    }
}
