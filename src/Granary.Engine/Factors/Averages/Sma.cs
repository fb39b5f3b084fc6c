using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Averages;

/// <summary>Simple moving average of the close, summed without drift, so ties of two averages are ties.</summary>
[Factor("sma", "Simple moving average of the close.", Formula = "sum(close, n) / n", Source = "textbook", Range = "price")]
internal sealed class Sma([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private RollingMean _mean;

    public override int WarmUp => n;

    public override void Start() => _mean = new RollingMean(n, Series.Instrument.PriceDecimals);

    public override void Process(in FactorInput bars, in FactorOutput lines) => _mean.Next(bars.Close, lines[0]);
}
