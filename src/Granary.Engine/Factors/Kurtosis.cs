using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>Rolling kurtosis of one-bar returns.</summary>
[Factor("kurtosis", "Kurtosis of the last n one-bar logarithmic returns (population, raw: 3 for a normal distribution).",
    Formula = "(Σ (r − r̄)⁴ / n) / (Σ (r − r̄)² / n)²", Source = "textbook", Range = "1 …", Undefined = "while all n returns are equal")]
public sealed class Kurtosis([Range(4, 10_000)] int n = 60) : FactorKernel
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
            var (m2, _, m4) = RollingWindow.CentralMoments(_returns.Values);
            result[i] = m2 > 0 ? m4 / (m2 * m2) : double.NaN;
        }
    }
}
