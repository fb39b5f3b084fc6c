using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Prices;

/// <summary>The lowest low of the last bars, this one included.</summary>
[Factor("lowest", "The lowest low of the last n bars, this one included.", Formula = "min(low[0 … n−1])", Source = "textbook",
    Range = "price")]
internal sealed class Lowest([Range(1, 10_000)] int n = 20) : RollingPrice<Least>(n)
{
    protected override ReadOnlySpan<double> Column(in FactorInput bars) => bars.Low;
}
