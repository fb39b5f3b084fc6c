using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Triple exponential moving average of the close.</summary>
[Factor("tema", "Triple exponential moving average of the close.", Formula = "3 · e1 − 3 · e2 + e3, e1 = ema(close), e2 = ema(e1), e3 = ema(e2), all from the simple average of the first n closes",
    Source = "Mulloy 1994; Stock.Indicators", Range = "price")]
public sealed class Tema([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private readonly double _alpha = 2.0 / (n + 1);
    private ExponentialAverage _first = new(n);
    private double _second = double.NaN, _third = double.NaN;

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            var first = _first.Next(close[i]);
            var started = !double.IsNaN(_second);
            _second = started ? _second + _alpha * (first - _second) : first;
            _third = started ? _third + _alpha * (_second - _third) : first;
            result[i] = 3 * first - 3 * _second + _third;
        }
    }
}
