namespace Granary.Recompute.Tests.Figures;

/// <summary>The standard normal distribution by the series of Marsaglia 2004.</summary>
internal static class NormalCurve
{
    public static double Probability(double z)
    {
        if (Math.Abs(z) > 8) return z < 0 ? 0 : 1;
        var (sum, term) = (z, z);
        for (var i = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); i += 2) sum += term *= z * z / i;
        return 0.5 + sum * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
    }

    public static double Quantile(double probability)
    {
        var (low, high) = (-8.0, 8.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Probability(middle) < probability ? (middle, high) : (low, middle);
        }
        return (low + high) / 2;
    }

    /// <summary>Expected largest of independent standard normals: (1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e)); between one and two of them on
    /// the straight line from 0.</summary>
    public static double ExpectedMaximum(double trials)
    {
        if (trials < 2) return Math.Max(0, trials - 1) * ExpectedMaximum(2);
        const double Euler = 0.5772156649015329;
        return (1 - Euler) * Quantile(1 - 1 / trials) + Euler * Quantile(1 - 1 / (trials * Math.E));
    }
}
