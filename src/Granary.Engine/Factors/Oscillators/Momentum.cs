using System.Numerics;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>Change of the close over some bars.</summary>
[Factor("momentum", "Change of the close over n bars.", Formula = "close − close[n]", Source = "textbook; Stock.Indicators",
    Range = "price difference")]
internal sealed class Momentum([Range(1, 10_000)] int n = 10) : CloseComparison<Lag>(new Lag(n), n + 1)
{
    protected override void Compare(ReadOnlySpan<double> close, Span<double> references)
    {
        var i = 0;
        for (; i <= close.Length - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(close[i..]) - new Vector<double>(references[i..])).CopyTo(references[i..]);
        for (; i < close.Length; i++) references[i] = close[i] - references[i];
    }
}
