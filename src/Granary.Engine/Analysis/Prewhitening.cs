namespace Granary.Engine.Analysis;

/// <summary>
/// Takes the memory from one period to the next out of series that are tested together. Andrews and Monahan, An improved heteroskedasticity
/// and autocorrelation consistent covariance matrix estimator, Econometrica 60(4), 1992.
/// </summary>
/// <remarks>
/// A record of a hundred periods is too short to see a correlation of 0.2 in one series, but not in many. So each series' coefficient is
/// drawn towards the mean of all by as much as their scatter is estimation error (Efron and Morris 1973).
/// </remarks>
public static class Prewhitening
{
    // Andrews and Monahan's bound: beyond it the recoloured mean has no variance.
    private const double Most = 0.97;

    /// <summary>x(t) − φ·x(t − 1) for each series, φ its coefficient; the first value keeps its place with the variance of the others.</summary>
    /// <param name="series">Of equal length, oldest first.</param>
    /// <returns>Series as long as the given ones. Their means are 1 − φ times the given ones, and their long-run deviations too.</returns>
    public static double[][] Of(IReadOnlyList<double[]> series)
    {
        var coefficients = Coefficients(series);
        var whitened = new double[series.Count][];
        for (var k = 0; k < whitened.Length; k++) whitened[k] = Whitened(series[k], coefficients[k]);
        return whitened;
    }

    /// <summary>The coefficient of each series on the period before, from 0 to 0.97.</summary>
    /// <remarks>Below zero it is zero: a series that reverts is then tested with too large a deviation, which is the safe side.</remarks>
    public static double[] Coefficients(IReadOnlyList<double[]> series)
    {
        var estimates = new double[series.Count];
        if (series.Count == 0 || series[0].Length < 4) return estimates;
        var n = series[0].Length;
        for (var k = 0; k < estimates.Length; k++) estimates[k] = Unbiased(Correlation(series[k]), n);
        var scatter = Moments.Of(estimates);
        // The sampling variance of a first autocorrelation is 1/n (Bartlett 1946).
        var real = estimates.Length > 1 ? Math.Max(0, scatter.SampleVariance - 1.0 / n) : 1;
        var own = estimates.Length > 1 ? real / (real + 1.0 / n) : 1;
        for (var k = 0; k < estimates.Length; k++)
            estimates[k] = Math.Clamp(scatter.Mean + own * (estimates[k] - scatter.Mean), 0, Most);
        return estimates;
    }

    // Marriott and Pope 1954: the estimate is too low by (1 + 3φ)/n in the mean.
    private static double Unbiased(double correlation, int n) => (n * correlation + 1) / (n - 3);

    private static double Correlation(double[] values)
    {
        double mean = 0;
        foreach (var v in values) mean += v / values.Length;
        double products = 0, squares = 0;
        for (var t = 0; t < values.Length; t++)
        {
            var centred = values[t] - mean;
            squares += centred * centred;
            if (t > 0) products += centred * (values[t - 1] - mean);
        }
        return squares > 0 ? products / squares : 0;
    }

    private static double[] Whitened(double[] values, double coefficient)
    {
        if (coefficient == 0) return values;
        double mean = 0;
        foreach (var v in values) mean += v / values.Length;
        var whitened = new double[values.Length];
        whitened[0] = (1 - coefficient) * mean + Math.Sqrt(1 - coefficient * coefficient) * (values[0] - mean);
        for (var t = 1; t < values.Length; t++) whitened[t] = values[t] - coefficient * values[t - 1];
        return whitened;
    }
}
