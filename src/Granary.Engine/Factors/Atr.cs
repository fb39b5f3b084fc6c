using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Average true range, by Wilder's average.</summary>
[Factor("atr", "Average true range, by Wilder's average.",
    Formula = "rma(true-range, n), from the simple average of the first n", Source = "Wilder 1978; Stock.Indicators", Range = "0 …")]
public sealed class Atr([Range(1, 10_000)] int n = 14) : FactorKernel
{
    private AverageTrueRange _average = new(n);

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var high = bars.High;
        var low = bars.Low;
        var close = bars.Close;
        var result = lines[0];
        var average = _average;
        for (var i = 0; i < close.Length; i++) result[i] = average.Next(high[i], low[i], close[i]);
        _average = average;
    }
}
