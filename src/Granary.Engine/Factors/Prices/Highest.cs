using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Prices;

/// <summary>The highest high of the last bars, this one included.</summary>
[Factor("highest", "The highest high of the last n bars, this one included.", Formula = "max(high[0 … n−1])", Source = "textbook",
    Range = "price")]
internal sealed class Highest([Range(1, 10_000)] int n = 20) : RollingPrice<Greatest>(n)
{
    protected override ReadOnlySpan<double> Column(in FactorInput bars) => bars.High;
}
