using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Engine.Factors.Statistics;

/// <summary>How far the ratio of two symbols' prices is from its average.</summary>
[Factor("ratio-zscore", "How many standard deviations the ratio of the close to that of another symbol lies above its average of n bars.",
    Formula = "(q − sma(q, n)) / stddev(q, n), q = ln(close / m), m the other close",
    Source = "Gatev, Goetzmann and Rouwenhorst 2006 (distance of a pair)", Range = "-√(n−1) … √(n−1)",
    Undefined = "while the other symbol has no close at each of the n bars, or the ratio does not move")]
internal sealed class RatioZScore(string symbol, [Range(2, 10_000)] int n = 20) : FactorKernel
{
    private RollingWindow _ratios = new(n);

    public override int WarmUp => n;

    public override IReadOnlyList<string> ReferenceSymbols { get; } = [symbol];

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var own = bars.Close;
        var other = bars.Reference(0);
        var result = lines[0];
        for (var i = 0; i < own.Length; i++)
        {
            _ratios.Add(Math.Log(own[i] / other[i]));
            result[i] = double.NaN;
            if (!_ratios.IsFull) continue;
            var values = _ratios.Values;
            // From the newest on, so that a ratio that does not move has no deviation at all.
            var (sum, squares) = (0.0, 0.0);
            foreach (var value in values) sum += value - values[^1];
            var mean = sum / values.Length;
            foreach (var value in values) squares += (value - values[^1] - mean) * (value - values[^1] - mean);
            var variance = squares / values.Length;
            if (!Variation.IsNoneSquared(variance, Math.Max(Variation.OfReturns, Math.Abs(values[^1]))))
                result[i] = -mean / Math.Sqrt(variance);
        }
    }
}
