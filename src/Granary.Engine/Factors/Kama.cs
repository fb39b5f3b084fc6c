using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Kaufman's adaptive moving average of the close.</summary>
[Factor("kama", "Kaufman's adaptive moving average: quick where the close runs straight, slow where it wavers.",
    Formula = "k + s² · (close − k), s = efficiency(n) · (2/(fast+1) − 2/(slow+1)) + 2/(slow+1), from the n-th close; the close itself where nothing moved",
    Source = "Kaufman 1995; Stock.Indicators", Range = "price")]
public sealed class Kama([Range(1, 10_000)] int n = 10, [Range(1, 1_000)] int fast = 2, [Range(1, 10_000)] int slow = 30) : ChunkedKernel
{
    private readonly double _fast = 2.0 / (fast + 1), _slow = 2.0 / (slow + 1);
    private readonly double[] _scratch = new double[Longest];
    private EfficiencyRatio _ratio = new(n);
    private double _average = double.NaN;
    private long _seen;

    public override int WarmUp => n;

    protected override void ProcessChunk(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        _ratio.Next(close, result, _scratch, ifStill: double.PositiveInfinity);
        var from = Cold(close.Length, _seen, n);
        var average = _average;
        for (var i = from; i < close.Length; i++)
        {
            var ratio = result[i];
            // At the n-th close there is no ratio yet, and where nothing moved the average is the close.
            if (!(ratio <= 1))
            {
                average = close[i];
            }
            else
            {
                var share = ratio * (_fast - _slow) + _slow;
                average += share * share * (close[i] - average);
            }
            result[i] = average;
        }
        _average = average;
        Blank(result, ref _seen, n);
    }
}
