using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volatilities;

/// <summary>Average true range in percent of the close.</summary>
[Factor("natr", "Average true range in percent of the close.", Formula = "100 · atr(n) / close",
    Source = "Forman 2006; Stock.Indicators (atrp)", Range = "0 …, percent")]
internal sealed class NormalizedAtr([Range(1, 10_000)] int n = 14) : CloseComparison<AverageTrueRange>(new AverageTrueRange(n), n + 1)
{
    protected override void Compare(ReadOnlySpan<double> close, Span<double> references)
    {
        for (var i = 0; i < close.Length; i++) references[i] = 100 * references[i] / close[i];
    }
}
