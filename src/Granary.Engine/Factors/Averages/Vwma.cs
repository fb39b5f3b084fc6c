using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Averages;

/// <summary>Moving average of the close, weighted by volume.</summary>
[Factor("vwma", "Moving average of the close over n bars, weighted by volume.", Formula = "Σ close · volume / Σ volume",
    Source = "textbook; Stock.Indicators", Range = "price", Undefined = "while none of the n bars has volume")]
internal sealed class Vwma([Range(1, 10_000)] int n = 20) : ChunkedKernel
{
    private readonly double[] _scratch = new double[Longest];
    private RollingSumPair _sums = new(n);
    private long _seen;

    public override int WarmUp => n;

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var volume = bars.Volume;
        var result = lines[0];
        var total = _scratch.AsSpan(0, close.Length);
        for (var i = 0; i < close.Length; i++) result[i] = close[i] * volume[i];
        _sums.Next(result, volume, result, total);
        for (var i = 0; i < close.Length; i++) result[i] = total[i] > 0 ? result[i] / total[i] : double.NaN;
        Blank(result, ref _seen, n);
    }
}
