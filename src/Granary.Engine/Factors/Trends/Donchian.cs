using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Trends;

/// <summary>Highest high and lowest low of the bars before this one.</summary>
[Factor("donchian", "Highest high and lowest low of the n bars before this one.", Lines = "upper,lower,middle",
    Formula = "upper = max(high[1 … n]); lower = min(low[1 … n]); middle = (upper + lower) / 2", Source = "Donchian; Stock.Indicators",
    Range = "price")]
internal sealed class Donchian([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private RollingFold<Greatest> _highest = new(n);
    private RollingFold<Least> _lowest = new(n);
    private double _upper = double.NaN, _lower = double.NaN;
    private long _seen;

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var upper = lines[0];
        var lower = lines[1];
        var middle = lines[2];
        // The windows up to each bar; those up to the bar before are the same, one place on.
        _highest.Next(bars.High, upper);
        _lowest.Next(bars.Low, lower);
        Blank(upper, _seen, n);
        Blank(lower, ref _seen, n);
        (var lastUpper, _upper) = (_upper, upper[^1]);
        (var lastLower, _lower) = (_lower, lower[^1]);
        upper[..^1].CopyTo(upper[1..]);
        lower[..^1].CopyTo(lower[1..]);
        upper[0] = lastUpper;
        lower[0] = lastLower;
        for (var i = 0; i < middle.Length; i++) middle[i] = (upper[i] + lower[i]) / 2;
    }
}
