namespace Granary.Recompute.Tests.Figures;

/// <summary>Student's t for whole degrees of freedom, by the finite series of Abramowitz and Stegun 26.7.3 and 26.7.4.</summary>
internal static class StudentCurve
{
    /// <summary>P(T &gt; t).</summary>
    public static double Above(double t, int freedom) => t < 0 ? 1 - Above(-t, freedom) : (1 - Within(t, freedom)) / 2;

    /// <summary>The t beyond which 2.5 % lie.</summary>
    public static double Bound(int freedom)
    {
        var (low, high) = (0.0, 20.0);
        for (var i = 0; i < 100; i++)
        {
            var middle = (low + high) / 2;
            if (Within(middle, freedom) < 0.95) low = middle;
            else high = middle;
        }
        return low;
    }

    private static double Within(double t, int freedom)
    {
        var angle = Math.Atan(t / Math.Sqrt(freedom));
        var (sine, cosine) = Math.SinCos(angle);
        var isOdd = freedom % 2 == 1;
        if (freedom == 1) return 2 * angle / Math.PI;
        var term = isOdd ? cosine : 1;
        var sum = term;
        for (var k = isOdd ? 2 : 1; k <= freedom - 3; k += 2)
        {
            term *= (double)k / (k + 1) * cosine * cosine;
            sum += term;
        }
        return isOdd ? 2 / Math.PI * (angle + sine * sum) : sine * sum;
    }
}
