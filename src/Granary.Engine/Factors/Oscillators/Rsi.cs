using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Oscillators;

/// <summary>Relative strength index of the close, with Wilder's averages.</summary>
[Factor("rsi", "Relative strength index: the share of rising closes in all movement, by Wilder's averages.",
    Formula = "100 − 100 / (1 + rma(gain, n) / rma(loss, n)); 100 where nothing fell", Source = "Wilder 1978; Stock.Indicators",
    Range = "0 … 100")]
internal sealed class Rsi([Range(1, 10_000)] int n = 14) : FactorKernel
{
    private RelativeStrength _strength = new(n);

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines) => _strength.Next(bars.Close, lines[0]);
}
