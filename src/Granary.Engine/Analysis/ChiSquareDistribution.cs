namespace Granary.Engine.Analysis;

/// <summary>The chi-square distribution, by the incomplete gamma function: about 12 digits.</summary>
internal static class ChiSquareDistribution
{
    /// <summary>P(X &gt; x) with a number of degrees of freedom.</summary>
    /// <returns>NaN where <paramref name="freedom"/> is not positive or <paramref name="x"/> is NaN.</returns>
    public static double Exceeding(double x, double freedom) =>
        double.IsNaN(x) || !(freedom > 0) ? double.NaN : GammaFunction.Above(freedom / 2, x / 2);

    /// <summary>The x that is exceeded with a probability, by bisection.</summary>
    /// <param name="probability">Between 0 and 1.</param>
    /// <returns>∞ for 0, 0 for 1, NaN outside [0, 1].</returns>
    public static double ExceededWith(double probability, double freedom)
    {
        if (!(probability >= 0 && probability <= 1) || !(freedom > 0)) return double.NaN;
        if (probability is 0 or 1) return probability == 0 ? double.PositiveInfinity : 0;
        var (low, high) = (0.0, 1.0);
        while (Exceeding(high, freedom) > probability && high < 1e300) high *= 2;
        for (var i = 0; i < 200 && high - low > 1e-14 * high; i++)
        {
            var middle = (low + high) / 2;
            if (Exceeding(middle, freedom) > probability) low = middle;
            else high = middle;
        }
        return (low + high) / 2;
    }
}
