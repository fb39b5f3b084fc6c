using Granary.Engine.Factors.Kernels;
using Granary.Engine.Factors.Prices;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>Rate of change of the close, in percent.</summary>
[Factor("roc", "Rate of change of the close over n bars, in percent.",
    Formula = "100 · (close − close[n]) / close[n]", Source = "textbook; Stock.Indicators", Range = "percent")]
public sealed class Roc([Range(1, 10_000)] int n = 10) : FactorKernel
{
    private Lag _lag = new(n);

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        _lag.Next(close, result);
        for (var i = 0; i < close.Length; i++) result[i] = 100 * (close[i] - result[i]) / result[i];
    }
}
