using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>The gamma function and its incomplete integral, to about 12 digits.</summary>
internal static class GammaFunction
{
    // Lanczos' coefficients for g = 7 (Godfrey 2001).
    private static readonly double[] s_lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
        -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>ln Γ(x) for a positive x.</summary>
    public static double Log(double x)
    {
        if (x < 0.5) return PortableMath.Log(Math.PI / PortableTrigonometry.Sin(Math.PI * x)) - Log(1 - x);
        x--;
        var sum = s_lanczos[0];
        for (var i = 1; i < s_lanczos.Length; i++) sum += s_lanczos[i] / (x + i);
        var t = x + 7.5;
        return 0.5 * PortableMath.Log(2 * Math.PI) + (x + 0.5) * PortableMath.Log(t) - t + PortableMath.Log(sum);
    }

    /// <summary>
    /// Q(a, x), the share of Γ(a) above x: by the series of P for x below a + 1, else by the continued fraction of Q (Lentz's method).
    /// </summary>
    public static double Above(double a, double x)
    {
        if (x <= 0) return 1;
        if (double.IsPositiveInfinity(x)) return 0;
        var front = PortableMath.Exp(a * PortableMath.Log(x) - x - Log(a));
        return x < a + 1 ? 1 - front * Series(a, x) : front * Fraction(a, x);
    }

    private static double Series(double a, double x)
    {
        var (term, sum) = (1 / a, 1 / a);
        for (var n = 1; n < 100_000 && term > sum * 1e-16; n++)
        {
            term *= x / (a + n);
            sum += term;
        }
        return sum;
    }

    private static double Fraction(double a, double x)
    {
        const double Smallest = 1e-300;
        var b = x + 1 - a;
        var (c, d) = (1 / Smallest, 1 / b);
        var value = d;
        for (var i = 1; i < 100_000; i++)
        {
            var numerator = -i * (i - a);
            b += 2;
            d = numerator * d + b;
            if (Math.Abs(d) < Smallest) d = Smallest;
            c = b + numerator / c;
            if (Math.Abs(c) < Smallest) c = Smallest;
            d = 1 / d;
            value *= d * c;
            if (Math.Abs(d * c - 1) < 1e-15) break;
        }
        return value;
    }
}
