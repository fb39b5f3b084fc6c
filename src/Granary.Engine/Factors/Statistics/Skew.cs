using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Factors.Statistics;

/// <summary>Rolling skewness of one-bar returns.</summary>
[Factor("skew", "Skewness of the last n one-bar logarithmic returns (population).", Formula = "(Σ (r − r̄)³ / n) / (Σ (r − r̄)² / n)^1.5",
    Source = "textbook", Range = "unbounded", Undefined = "while all n returns are equal")]
internal sealed class Skew([Range(3, 10_000)] int n = 60) : ReturnShape(n)
{
    protected override double Of(double m2, double m3, double m4) => m3 / (m2 * Math.Sqrt(m2));
}
