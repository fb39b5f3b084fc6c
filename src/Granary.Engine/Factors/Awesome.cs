using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Williams' awesome oscillator: two averages of the bars' middles apart.</summary>
[Factor("awesome", "Awesome oscillator: difference of two simple averages of the bars' middles.",
    Formula = "sma(middle, fast) − sma(middle, slow), middle = (high + low) / 2", Source = "Williams; Stock.Indicators", Range = "price difference")]
public sealed class Awesome([Range(1, 10_000)] int fast = 5, [Range(2, 10_000)] int slow = 34) : FactorKernel
{
    private RollingSum _fast = new(fast), _slow = new(slow);
    private long _seen;

    public override int WarmUp => Math.Max(fast, slow);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var result = lines[0];
        for (var i = 0; i < high.Length; i++)
        {
            var middle = (high[i] + low[i]) / 2;
            var difference = _fast.Next(middle) / fast - _slow.Next(middle) / slow;
            result[i] = ++_seen >= WarmUp ? difference : double.NaN;
        }
    }
}
