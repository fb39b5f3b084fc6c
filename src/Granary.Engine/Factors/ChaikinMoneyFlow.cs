using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Share of volume that closed near the highs.</summary>
[Factor("cmf", "Chaikin money flow: volume weighted by where each bar closed in its range, in proportion to all volume of n bars.",
    Formula = "Σ m · volume / Σ volume, m = ((close − low) − (high − close)) / (high − low), 0 on a flat bar",
    Source = "Chaikin; Stock.Indicators", Range = "-1 … 1", Undefined = "while none of the n bars has volume")]
public sealed class ChaikinMoneyFlow([Range(1, 10_000)] int n = 20) : FactorKernel
{
    private RollingSum _flow = new(n), _volume = new(n);
    private long _seen;

    public override int WarmUp => n;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var volume = bars.Volume;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            var flow = _flow.Next(AccumulationDistribution.Multiplier(high[i], low[i], close[i]) * volume[i]);
            var total = _volume.Next(volume[i]);
            result[i] = ++_seen >= n && total > 0 ? flow / total : double.NaN;
        }
    }
}
