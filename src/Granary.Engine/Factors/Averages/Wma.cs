using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Averages;

/// <summary>Linearly weighted moving average of the close, summed without drift, so ties of two averages are ties.</summary>
[Factor("wma", "Moving average of the close whose weights fall linearly from n on the newest bar to 1 on the oldest.",
    Formula = "Σ k · close[k] / (n(n+1)/2), k = 1 for the oldest of n bars … n for the newest", Source = "textbook; Stock.Indicators",
    Range = "price")]
internal sealed class Wma([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private ExactWeightedSum _sum;

    public override int WarmUp => n;

    public override void Start() => _sum = new ExactWeightedSum(n, Series.Instrument.PriceDecimals);

    public override void Process(in FactorInput bars, in FactorOutput lines) => _sum.NextMeans(bars.Close, lines[0]);
}
