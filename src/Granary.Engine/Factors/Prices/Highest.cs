using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Prices;

/// <summary>The highest high of the last bars, this one included.</summary>
[Factor("highest", "The highest high of the last n bars, this one included.", Formula = "max(high[0 … n−1])", Source = "textbook", Range = "price")]
public sealed class Highest([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private RollingFold<Greatest> _window = new(n);
    private long _seen;

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        _window.Next(bars.High, lines[0]);
        Blank(lines[0], ref _seen, WarmUp);
    }
}
