namespace Granary.Engine.Analysis;

/// <summary>Student's t distribution, by the regularised incomplete beta function: about 12 digits.</summary>
internal static class StudentDistribution
{
    private const double Smallest = 1e-300;

    /// <summary>P(T ≤ t) with a number of degrees of freedom.</summary>
    /// <returns>NaN where <paramref name="freedom"/> is not positive or <paramref name="t"/> is NaN.</returns>
    public static double Cumulative(double t, double freedom)
    {
        if (double.IsNaN(t) || !(freedom > 0)) return double.NaN;
        if (double.IsInfinity(t)) return t > 0 ? 1 : 0;
        var tail = 0.5 * IncompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
        return t > 0 ? 1 - tail : tail;
    }

    /// <summary>The t with P(T ≤ t) = p, by bisection.</summary>
    /// <returns>−∞ for 0, ∞ for 1, NaN outside [0, 1].</returns>
    public static double Quantile(double p, double freedom)
    {
        if (!(p >= 0 && p <= 1) || !(freedom > 0)) return double.NaN;
        if (p is 0 or 1) return p == 0 ? double.NegativeInfinity : double.PositiveInfinity;
        if (p < 0.5) return -Quantile(1 - p, freedom);
        var (low, high) = (0.0, 1.0);
        while (Cumulative(high, freedom) < p && high < 1e300) high *= 2;
        for (var i = 0; i < 200 && high - low > 1e-14 * high; i++)
        {
            var middle = (low + high) / 2;
            if (Cumulative(middle, freedom) < p) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }

    // I_x(a, b), by its continued fraction (Lentz's method).
    private static double IncompleteBeta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        var front = Math.Exp(GammaFunction.Log(a + b) - GammaFunction.Log(a) - GammaFunction.Log(b) + a * Math.Log(x)
            + b * Math.Log(1 - x));
        return x < (a + 1) / (a + b + 2) ? front * Fraction(x, a, b) / a : 1 - front * Fraction(1 - x, b, a) / b;
    }

    private static double Fraction(double x, double a, double b)
    {
        var (c, d) = (1.0, 1 / NotZero(1 - (a + b) * x / (a + 1)));
        var value = d;
        for (var m = 1; m < 10_000; m++)
        {
            var even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / NotZero(1 + even * d);
            c = NotZero(1 + even / c);
            value *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / NotZero(1 + odd * d);
            c = NotZero(1 + odd / c);
            value *= d * c;
            if (Math.Abs(d * c - 1) < 1e-15) break;
        }
        return value;
    }

    private static double NotZero(double value) => Math.Abs(value) < Smallest ? Smallest : value;
}
