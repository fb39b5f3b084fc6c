using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Statistics;

/// <summary>Logarithmic return of the close.</summary>
[Factor("return", "Logarithmic return of the close over n bars.", Formula = "ln(close / close[n])", Source = "textbook",
    Range = "fraction")]
internal sealed class LogReturn([Range(1, 10_000)] int n = 1) : CloseComparison<Lag>(new Lag(n), n + 1)
{
    protected override void Compare(ReadOnlySpan<double> close, Span<double> references)
    {
        for (var i = 0; i < close.Length; i++) references[i] = Math.Log(close[i] / references[i]);
    }
}
