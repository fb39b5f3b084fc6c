using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Averages;

/// <summary>Triple exponential moving average of the close.</summary>
[Factor("tema", "Triple exponential moving average of the close.",
    Formula = "3 · e1 − 3 · e2 + e3, e1 = ema(close), e2 = ema(e1), e3 = ema(e2), all from the simple average of the first n closes",
    Source = "Mulloy 1994; Stock.Indicators", Range = "price")]
internal sealed class Tema([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private readonly double _alpha = 2.0 / (n + 1);
    private ExponentialAverage _first = new(n);
    private double _second = double.NaN, _third = double.NaN;
    private long _seen;

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        _first.Next(bars.Close, result);
        var (second, third) = (_second, _third);
        for (var i = Cold(result.Length, ref _seen, n); i < result.Length; i++)
        {
            var first = result[i];
            if (double.IsNaN(second)) second = third = first;
            second += _alpha * (first - second);
            third += _alpha * (second - third);
            result[i] = 3 * first - 3 * second + third;
        }
        (_second, _third) = (second, third);
    }
}
