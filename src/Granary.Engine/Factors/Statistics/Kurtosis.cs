using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Statistics;

/// <summary>Rolling kurtosis of one-bar returns.</summary>
[Factor("kurtosis", "Kurtosis of the last n one-bar logarithmic returns (population, raw: 3 for a normal distribution).",
    Formula = "(Σ (r − r̄)⁴ / n) / (Σ (r − r̄)² / n)²", Source = "textbook", Range = "1 …", Undefined = "while all n returns are equal")]
internal sealed class Kurtosis([Range(4, 10_000)] int n = 60) : ReturnShape(n)
{
    protected override double Of(double m2, double m3, double m4) => m4 / (m2 * m2);
}
