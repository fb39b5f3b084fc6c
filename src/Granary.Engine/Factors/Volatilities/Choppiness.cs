using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Volatilities;

/// <summary>How much of the bars' ranges was spent on going nowhere.</summary>
[Factor("choppiness", "Choppiness index: how much of the bars' true ranges was spent on going nowhere; high in a range, low in a trend.",
    Formula = "100 · ln(Σ true-range / (max(true high) − min(true low))) / ln(n)", Source = "Dreiss 1993; Stock.Indicators",
    Range = "0 … 100", Undefined = "while nothing moved over n bars")]
internal sealed class Choppiness([Range(2, 10_000)] int n = 14) : ChunkedKernel
{
    private readonly double _scale = 100 / Math.Log(n);
    private readonly double[] _top = new double[Longest], _bottom = new double[Longest];
    private RollingFold<Greatest> _highest = new(n);
    private RollingFold<Least> _lowest = new(n);
    private RollingFold<Total> _sum = new(n);
    private double _previous = double.NaN;
    private long _seen;

    public override int WarmUp => n + 1;

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var result = lines[0];
        var top = _top.AsSpan(0, result.Length);
        var bottom = _bottom.AsSpan(0, result.Length);
        // The feed's first bar has no close before it, and no true range.
        var from = double.IsNaN(_previous) ? 1 : 0;
        for (var i = from; i < close.Length; i++)
        {
            var before = i > 0 ? close[i - 1] : _previous;
            top[i] = double.MaxNative(high[i], before);
            bottom[i] = double.MinNative(low[i], before);
            result[i] = top[i] - bottom[i];
        }
        _previous = close[^1];
        _sum.Next(result[from..], result[from..]);
        _highest.Next(top[from..], top[from..]);
        _lowest.Next(bottom[from..], bottom[from..]);
        for (var i = from; i < close.Length; i++)
        {
            var range = top[i] - bottom[i];
            result[i] = Variation.IsNone(range, close[i]) ? double.NaN : _scale * Math.Log(result[i] / range);
        }
        Blank(result, ref _seen, WarmUp);
    }
}
