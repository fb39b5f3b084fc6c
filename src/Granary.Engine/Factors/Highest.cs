using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>The highest high of the last bars, this one included.</summary>
[Factor("highest", "The highest high of the last n bars, this one included.", Formula = "max(high[0 … n−1])", Source = "textbook", Range = "price")]
public sealed class Highest([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private RollingMaximum _window = new(n);
    private long _seen;

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var result = lines[0];
        for (var i = 0; i < high.Length; i++)
        {
            var value = _window.Next(high[i]);
            result[i] = ++_seen >= n ? value : double.NaN;
        }
    }
}
