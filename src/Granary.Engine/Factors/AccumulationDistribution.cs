namespace Granary.Engine.Factors;

/// <summary>Running sum of volume, weighted by where each bar closed in its range.</summary>
[Factor("adl", "Accumulation/distribution line: running sum of volume weighted by where each bar closed in its range.",
    Formula = "adl[1] + m · volume, m = ((close − low) − (high − close)) / (high − low), 0 on a flat bar", Source = "Chaikin; Stock.Indicators", Range = "volume")]
public sealed class AccumulationDistribution : FactorKernel
{
    private double _sum;

    public override int WarmUp => 1;

    /// <summary>1 for a close at the high, -1 for one at the low.</summary>
    internal static double Multiplier(double high, double low, double close) => high > low ? (close - low - (high - close)) / (high - low) : 0;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var volume = bars.Volume;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++) result[i] = _sum += Multiplier(high[i], low[i], close[i]) * volume[i];
    }
}
