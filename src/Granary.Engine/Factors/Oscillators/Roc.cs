using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>Rate of change of the close, in percent.</summary>
[Factor("roc", "Rate of change of the close over n bars, in percent.",
    Formula = "100 · (close − close[n]) / close[n]", Source = "textbook; Stock.Indicators", Range = "percent")]
internal sealed class Roc([Range(1, 10_000)] int n = 10) : CloseComparison<Lag>(new Lag(n), n + 1)
{
    protected override void Compare(ReadOnlySpan<double> close, Span<double> references)
    {
        for (var i = 0; i < close.Length; i++) references[i] = 100 * (close[i] - references[i]) / references[i];
    }
}
