using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volatilities;

/// <summary>Average true range in percent of the close.</summary>
[Factor("natr", "Average true range in percent of the close.", Formula = "100 · atr(n) / close", Source = "Forman 2006; Stock.Indicators (atrp)", Range = "0 …, percent")]
public sealed class NormalizedAtr([Range(1, 10_000)] int n = 14) : FactorKernel
{
    private AverageTrueRange _average = new(n);

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        _average.Next(bars.High, bars.Low, close, result);
        for (var i = 0; i < close.Length; i++) result[i] = 100 * result[i] / close[i];
    }
}
