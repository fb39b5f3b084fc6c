using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Kaufman's efficiency ratio: how straight the way of the close was.</summary>
[Factor("efficiency", "Efficiency ratio, or trendiness: net change of the close over n bars in proportion to the way it went.",
    Formula = "|close − close[n]| / Σ |close − close[1]|; 0 where nothing moved", Source = "Kaufman 1995; Stock.Indicators (er of kama)", Range = "0 … 1")]
public sealed class Efficiency([Range(1, 10_000)] int n = 10) : FactorKernel
{
    private EfficiencyRatio _ratio = new(n);

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++) result[i] = _ratio.Next(close[i]);
    }
}
