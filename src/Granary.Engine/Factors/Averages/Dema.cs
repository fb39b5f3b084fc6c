using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Averages;

/// <summary>Double exponential moving average of the close.</summary>
[Factor("dema", "Double exponential moving average of the close.",
    Formula = "2 · e1 − e2, e1 = ema(close), e2 = ema(e1), both from the simple average of the first n closes",
    Source = "Mulloy 1994; Stock.Indicators", Range = "price")]
internal sealed class Dema([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private readonly double _alpha = 2.0 / (n + 1);
    private ExponentialAverage _first = new(n);
    private double _second = double.NaN;
    private long _seen;

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        _first.Next(bars.Close, result);
        var second = _second;
        for (var i = Cold(result.Length, ref _seen, n); i < result.Length; i++)
        {
            second = double.IsNaN(second) ? result[i] : second + _alpha * (result[i] - second);
            result[i] = 2 * result[i] - second;
        }
        _second = second;
    }
}
