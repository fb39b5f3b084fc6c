using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Williams' ultimate oscillator: buying pressure over three spans.</summary>
[Factor("ultimate", "Ultimate oscillator: buying pressure in proportion to true range, over three spans.",
    Formula = "100 · (4 · a1 + 2 · a2 + a3) / 7, a = Σ (close − min(low, close[1])) / Σ true-range over each span",
    Source = "Williams 1985; Stock.Indicators", Range = "0 … 100", Undefined = "while nothing moved over the shortest span")]
public sealed class Ultimate([Range(1, 10_000)] int first = 7, [Range(1, 10_000)] int second = 14, [Range(1, 10_000)] int third = 28) : FactorKernel
{
    private RollingSum _pressure1 = new(first), _pressure2 = new(second), _pressure3 = new(third);
    private RollingSum _range1 = new(first), _range2 = new(second), _range3 = new(third);
    private double _previous = double.NaN;
    private long _seen;

    public override int WarmUp => Math.Max(first, Math.Max(second, third)) + 1;

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
            _seen++;
            if (double.IsNaN(before)) continue;
            var bottom = Math.Min(low[i], before);
            var pressure = close[i] - bottom;
            var range = Math.Max(high[i], before) - bottom;
            var a1 = _pressure1.Next(pressure) / _range1.Next(range);
            var a2 = _pressure2.Next(pressure) / _range2.Next(range);
            var a3 = _pressure3.Next(pressure) / _range3.Next(range);
            if (_seen >= WarmUp) result[i] = 100 * (4 * a1 + 2 * a2 + a3) / 7;
        }
    }
}
