using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Volatilities;

/// <summary>Average true range, by Wilder's average.</summary>
[Factor("atr", "Average true range, by Wilder's average.",
    Formula = "rma(true-range, n), from the simple average of the first n", Source = "Wilder 1978; Stock.Indicators", Range = "0 …")]
internal sealed class Atr([Range(1, 10_000)] int n = 14) : FactorKernel
{
    private AverageTrueRange _average = new(n);

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines) => _average.Next(bars, lines[0]);
}
