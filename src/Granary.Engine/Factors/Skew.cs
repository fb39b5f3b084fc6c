using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Rolling skewness of one-bar returns.</summary>
[Factor("skew", "Skewness of the last n one-bar logarithmic returns (population).", Formula = "(Σ (r − r̄)³ / n) / (Σ (r − r̄)² / n)^1.5",
    Source = "textbook", Range = "unbounded", Undefined = "while all n returns are equal")]
public sealed class Skew([Range(3, 10_000)] int n = 60) : FactorKernel
{
    private ReturnWindow _returns = new(n);

    public override int WarmUp => n + 1;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var close = bars.Close;
        var result = lines[0];
        for (var i = 0; i < close.Length; i++)
        {
            if (!_returns.Add(close[i]))
            {
                result[i] = double.NaN;
                continue;
            }
            var (m2, m3, _) = RollingWindow.CentralMoments(_returns.Values);
            result[i] = m2 > 0 ? m3 / (m2 * Math.Sqrt(m2)) : double.NaN;
        }
    }
}
