using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volatilities;

/// <summary>From the lowest low to the highest high.</summary>
[Factor("range", "Distance from the lowest low to the highest high of the last n bars.",
    Formula = "highest(n) − lowest(n)", Source = "textbook", Range = "0 …")]
public sealed class PriceRange([Range(1, 10_000)] int n = 20) : ChunkedKernel
{
    private RollingFold<Greatest> _highest = new(n);
    private RollingFold<Least> _lowest = new(n);
    private readonly double[] _scratch = new double[Longest];
    private long _seen;

    public override int WarmUp => n;

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        var lowest = _scratch.AsSpan(0, result.Length);
        _highest.Next(bars.High, result);
        _lowest.Next(bars.Low, lowest);
        Subtract(result, lowest);
        Blank(result, ref _seen, WarmUp);
    }
}
