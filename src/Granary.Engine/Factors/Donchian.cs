using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Highest high and lowest low of the bars before this one.</summary>
[Factor("donchian", "Highest high and lowest low of the n bars before this one.", Lines = "upper,lower,middle",
    Formula = "upper = max(high[1 … n]); lower = min(low[1 … n]); middle = (upper + lower) / 2", Source = "Donchian; Stock.Indicators", Range = "price")]
public sealed class Donchian([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private RollingMaximum _highest = new(n);
    private RollingMinimum _lowest = new(n);
    private double _upper = double.NaN, _lower = double.NaN;
    private long _seen;

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var upper = lines[0];
        var lower = lines[1];
        var middle = lines[2];
        for (var i = 0; i < high.Length; i++)
        {
            var warm = _seen++ >= n;
            upper[i] = warm ? _upper : double.NaN;
            lower[i] = warm ? _lower : double.NaN;
            middle[i] = (upper[i] + lower[i]) / 2;
            _upper = _highest.Next(high[i]);
            _lower = _lowest.Next(low[i]);
        }
    }
}
