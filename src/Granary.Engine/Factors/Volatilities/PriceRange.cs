using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volatilities;

/// <summary>From the lowest low to the highest high.</summary>
[Factor("range", "Distance from the lowest low to the highest high of the last n bars.",
    Formula = "highest(n) − lowest(n)", Source = "textbook", Range = "0 …")]
internal sealed class PriceRange([Range(1, 10_000)] int n = 20) : PriceRangeKernel(n)
{
    protected override void Combine(ReadOnlySpan<double> close, Span<double> highest, ReadOnlySpan<double> lowest) =>
        Subtract(highest, lowest);
}
