using Granary.Engine.Factors.Kernels;

namespace Granary.Engine.Factors.Volatilities;

/// <summary>The bar's range, the gap from the close before it included.</summary>
[Factor("true-range", "The bar's range, including the gap from the close before it.",
    Formula = "max(high, close[1]) − min(low, close[1])", Source = "Wilder 1978; Stock.Indicators", Range = "0 …")]
internal sealed class TrueRange : FactorKernel
{
    private double _previous = double.NaN;

    public override int WarmUp => 2;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        TrueRanges.Of(bars.High, bars.Low, bars.Close, _previous, lines[0]);
        _previous = bars.Close[^1];
    }
}
