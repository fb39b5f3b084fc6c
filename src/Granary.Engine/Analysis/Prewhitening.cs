namespace Granary.Engine.Analysis;

/// <summary>
/// Removes the autocorrelation from series that are tested together, by an autoregression. Andrews and Monahan, An improved
/// heteroskedasticity and autocorrelation consistent covariance matrix estimator, Econometrica 60(4), 1992.
/// </summary>
/// <remarks>
/// A record of a hundred periods is too short to reveal a correlation of 0.2 in one series, but many series together reveal it. So the
/// partial autocorrelations of all series are estimated together. Each estimate is shrunk towards their mean by the share of the scatter
/// that is estimation error (Efron and Morris 1973). The order of the autoregression minimises Akaike's criterion (1974) for those means.
/// </remarks>
internal static class Prewhitening
{
    // Andrews and Monahan's bound: beyond it the recoloured mean has no variance.
    private const double Most = 0.97;

    // The highest order; it is lower if the record has fewer than ten periods per lag.
    private const int MostLags = 6;

    /// <summary>
    /// Returns the residuals of each series' autoregression. The first values keep their places and are scaled to the variance of the
    /// others.
    /// </summary>
    /// <param name="series">Series of equal length, oldest value first.</param>
    /// <returns>
    /// Series as long as the given ones. Their means are Π(1 − πₖ) times the given ones, πₖ the partial autocorrelations, and so are
    /// their long-run deviations.
    /// </returns>
    public static double[][] Of(IReadOnlyList<double[]> series)
    {
        var partials = Partials(series);
        var whitened = new double[series.Count][];
        for (var k = 0; k < whitened.Length; k++) whitened[k] = Whitened(series[k], partials[k]);
        return whitened;
    }

    /// <summary>By series, its partial autocorrelations at 1, 2, … periods, each from 0 to 0.97; as many as the common order.</summary>
    /// <remarks>Negative values are set to zero: a mean-reverting series is then tested with too large a deviation, which is
    /// conservative.</remarks>
    public static double[][] Partials(IReadOnlyList<double[]> series)
    {
        var n = series.Count == 0 ? 0 : series[0].Length;
        if (n < 4) return [.. series.Select(_ => Array.Empty<double>())];
        var lags = Math.Clamp(n / 10, 1, MostLags);
        var estimates = new double[series.Count][];
        var products = new double[lags][];
        for (var j = 0; j < lags; j++) products[j] = new double[n];
        for (var k = 0; k < estimates.Length; k++) estimates[k] = Burg(series[k], products);
        var order = Order(products, series.Count);
        var pooled = new double[series.Count][];
        for (var k = 0; k < pooled.Length; k++) pooled[k] = new double[order];
        for (var j = 0; j < order; j++) Pool(estimates, j, n, pooled);
        return pooled;
    }

    private static void Pool(double[][] estimates, int j, int n, double[][] pooled)
    {
        var unbiased = new double[estimates.Length];
        for (var k = 0; k < unbiased.Length; k++) unbiased[k] = Unbiased(estimates[k][j], j + 1, n);
        var scatter = Moments.Of(unbiased);
        // The sampling variance of a partial autocorrelation is 1/n (Quenouille 1949).
        var real = unbiased.Length > 1 ? Math.Max(0, scatter.SampleVariance - 1.0 / n) : 1;
        var own = unbiased.Length > 1 ? real / (real + 1.0 / n) : 1;
        for (var k = 0; k < unbiased.Length; k++)
            pooled[k][j] = Math.Clamp(scatter.Mean + own * (unbiased[k] - scatter.Mean), 0, Most);
    }

    // Shaman and Stine 1988: the estimate at an odd lag k is too low by (1 + (k + 2)π)/n in the mean, at an even one by (2 + (k + 2)π)/n.
    private static double Unbiased(double partial, int lag, int n) => (n * partial + (lag % 2 == 0 ? 2 : 1)) / (n - lag - 2);

    // A lag without effect costs 2; one with an effect gains the square of its mean over the mean's standard error.
    private static int Order(double[][] products, int count)
    {
        var (order, criterion, best) = (1, 0.0, double.PositiveInfinity);
        for (var j = 0; j < products.Length; j++)
        {
            var n = products[j].Length;
            var (sum, squares) = (0.0, 0.0);
            for (var t = j + 1; t < n; t++) sum += products[j][t] / count;
            for (var t = j + 1; t < n; t++)
            {
                var own = products[j][t] / count - sum / (n - j - 1);
                squares += own * own;
            }
            var mean = Math.Max(0, Unbiased(sum, j + 1, n));
            criterion += 2 - (squares > 0 ? mean * mean / squares : 0);
            // The first lag is always included.
            if (j > 0 && criterion >= best) continue;
            (order, best) = (j + 1, criterion);
        }
        return order;
    }

    // Burg 1975: partial autocorrelations by forward and backward errors. The terms of each lag are added to those of all series.
    private static double[] Burg(double[] values, double[][] products)
    {
        var (n, partials) = (values.Length, new double[products.Length]);
        var (forward, backward) = (Centred(values).Values, Centred(values).Values);
        for (var j = 0; j < partials.Length; j++)
        {
            double product = 0, squares = 0;
            for (var t = j + 1; t < n; t++)
            {
                product += forward[t] * backward[t - 1];
                squares += forward[t] * forward[t] + backward[t - 1] * backward[t - 1];
            }
            if (!(squares > 0)) break;
            partials[j] = 2 * product / squares;
            for (var t = n - 1; t > j; t--)
            {
                var (ahead, behind) = (forward[t], backward[t - 1]);
                products[j][t] += 2 * ahead * behind / squares;
                forward[t] = ahead - partials[j] * behind;
                backward[t] = behind - partials[j] * ahead;
            }
        }
        return partials;
    }

    private static (double[] Values, double Mean) Centred(double[] values)
    {
        double mean = 0;
        foreach (var v in values) mean += v / values.Length;
        var centred = new double[values.Length];
        for (var t = 0; t < centred.Length; t++) centred[t] = values[t] - mean;
        return (centred, mean);
    }

    private static double[] Whitened(double[] values, double[] partials)
    {
        if (Array.TrueForAll(partials, p => p == 0)) return values;
        var (forward, mean) = Centred(values);
        var backward = (double[])forward.Clone();
        for (var j = 0; j < partials.Length; j++)
        {
            // The first values have fewer predecessors and so larger errors; they are scaled to the deviation of the others.
            var shrink = Math.Sqrt(1 - partials[j] * partials[j]);
            for (var t = 0; t <= j && t < forward.Length; t++) forward[t] *= shrink;
            for (var t = forward.Length - 1; t > j; t--)
            {
                var (ahead, behind) = (forward[t], backward[t - 1]);
                forward[t] = ahead - partials[j] * behind;
                backward[t] = behind - partials[j] * ahead;
            }
            mean *= 1 - partials[j];
        }
        for (var t = 0; t < forward.Length; t++) forward[t] += mean;
        return forward;
    }
}
