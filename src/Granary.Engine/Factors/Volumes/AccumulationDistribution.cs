using System.Numerics;

namespace Granary.Engine.Factors.Volumes;

/// <summary>Running sum of volume, weighted by where each bar closed in its range.</summary>
[Factor("adl", "Accumulation/distribution line: running sum of volume weighted by where each bar closed in its range.",
    Formula = "adl[1] + m · volume, m = ((close − low) − (high − close)) / (high − low), 0 on a flat bar",
    Source = "Chaikin; Stock.Indicators", Range = "volume")]
internal sealed class AccumulationDistribution : FactorKernel
{
    private double _sum;

    public override int WarmUp => 1;

    /// <summary>Volume, weighted by where each bar of a run closed in its range.</summary>
    internal static void Flow(in FactorInput bars, Span<double> results)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var volume = bars.Volume;
        var i = 0;
        for (; i <= results.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var h = new Vector<double>(high[i..]);
            var l = new Vector<double>(low[i..]);
            var c = new Vector<double>(close[i..]);
            var multiplier = (c - l - (h - c)) / (h - l);
            (Vector.ConditionalSelect(Vector.GreaterThan(h, l), multiplier,
                Vector<double>.Zero) * new Vector<double>(volume[i..])).CopyTo(results[i..]);
        }
        for (; i < results.Length; i++)
            results[i] = (high[i] > low[i] ? (close[i] - low[i] - (high[i] - close[i])) / (high[i] - low[i]) : 0) * volume[i];
    }

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var result = lines[0];
        Flow(bars, result);
        var sum = _sum;
        for (var i = 0; i < result.Length; i++) result[i] = sum += result[i];
        _sum = sum;
    }
}
