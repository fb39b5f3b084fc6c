using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>Williams %R: the unsmoothed stochastic, counted down from 0.</summary>
[Factor("williams", "Williams %R: how far the close lies below the highest high of the last n bars, in percent of their range.",
    Formula = "100 · (close − lowest(n)) / (highest(n) − lowest(n)) − 100; −100 on a flat range",
    Source = "Williams 1979; Stock.Indicators", Range = "-100 … 0")]
internal sealed class Williams([Range(1, 10_000)] int n = 14) : PriceRangeKernel(n)
{
    protected override void Combine(ReadOnlySpan<double> close, Span<double> highest, ReadOnlySpan<double> lowest)
    {
        Stochastic.Raw(close, highest, lowest);
        for (var i = 0; i < highest.Length; i++) highest[i] -= 100;
    }
}
