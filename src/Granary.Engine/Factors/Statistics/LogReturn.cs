using Granary.Engine.Factors.Kernels;
using Granary.Engine.Factors.Prices;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Statistics;

/// <summary>Logarithmic return of the close.</summary>
[Factor("return", "Logarithmic return of the close over n bars.", Formula = "ln(close / close[n])", Source = "textbook", Range = "fraction")]
public sealed class LogReturn([Range(1, 10_000)] int n = 1) : FactorKernel
{
    private Lag _lag = new(n);

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        _lag.Next(close, result);
        for (var i = 0; i < close.Length; i++) result[i] = Math.Log(close[i] / result[i]);
    }
}
