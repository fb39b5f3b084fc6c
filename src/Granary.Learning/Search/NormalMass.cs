using Granary.Engine.Analysis;
using Granary.Engine.Numerics;

namespace Granary.Learning.Search;

/// <summary>Logarithms of probabilities of the standard normal distribution; the same bits on every machine.</summary>
internal static class NormalMass
{
    private const double HalfRoot = 0.70710678118654752440; // √½

    private const double LogRootTau = 0.91893853320467274178; // ln √(2π)

    // Below this length the difference of two probabilities has fewer digits than length times density.
    private const double Narrow = 1e-5;

    /// <summary>ln P(a ≤ Z ≤ b), with a below b, also where the probability is too small for a number.</summary>
    public static double Log(double a, double b)
    {
        if (b - a < Narrow) return PortableMath.Log(b - a) - 0.125 * (a + b) * (a + b) - LogRootTau;
        if (a > 0) (a, b) = (-b, -a);
        if (b > 0) return PortableMath.Log(1 - PortableMath.Exp(LogLower(a)) - PortableMath.Exp(LogLower(-b)));
        var (lower, upper) = (LogLower(a), LogLower(b));
        return upper + PortableMath.Log(1 - PortableMath.Exp(lower - upper));
    }

    // ln P(Z ≤ x) for x ≤ 0.
    private static double LogLower(double x) =>
        -0.5 * x * x + PortableMath.Log(0.5 * NormalDistribution.ScaledErfc(-x * HalfRoot));
}
