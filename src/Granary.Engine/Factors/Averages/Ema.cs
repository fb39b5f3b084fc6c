using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Averages;

/// <summary>Exponential moving average of the close.</summary>
[Factor("ema", "Exponential moving average of the close.", Formula = "e + 2/(n+1) · (close − e), from the simple average of the first n",
    Source = "textbook; Stock.Indicators", Range = "price")]
internal sealed class Ema([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private ExponentialAverage _average = new(n);

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines) => _average.Next(bars.Close, lines[0]);
}
