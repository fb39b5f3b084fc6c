using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Averages;

/// <summary>Wilder's (smoothed, running) moving average of the close.</summary>
[Factor("rma", "Wilder's moving average of the close, also called smma.",
    Formula = "r + (close − r) / n, from the simple average of the first n",
    Source = "Wilder 1978; Stock.Indicators (smma)", Range = "price")]
internal sealed class Rma([Range(1, 10_000)] int n = 14) : FactorKernel
{
    private ExponentialAverage _average = new(n, 1.0 / n);

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines) => _average.Next(bars.Close, lines[0]);
}
