using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>
/// The expected block length of the stationary bootstrap that suits a series, chosen from its autocorrelation. Politis and White, Automatic
/// block-length selection for the dependent bootstrap, Econometric Reviews 23 (2004), with the correction of Patton, Politis and White,
/// Econometric Reviews 28 (2009).
/// </summary>
internal static class BlockLength
{
    /// <param name="values">Oldest first.</param>
    /// <returns>At least 1 and at most min(3·√n, n/3); 1 for a series that never moves.</returns>
    public static double Of(ReadOnlySpan<double> values) => Choose(values).Length;

    // The length, and how many times as large the long-run variance of the series is as the mean square of its deviations.
    internal static (double Length, double LongRun) Choose(ReadOnlySpan<double> values)
    {
        var n = values.Length;
        if (n < 4) return (1, 1);
        var run = Math.Max(5, (int)Math.Ceiling(Math.Log10(n)));
        var most = Math.Min(n - 1, (int)Math.Ceiling(Math.Sqrt(n)) + run);
        var covariance = Autocovariance(values, most);
        if (Variation.IsNoneSquared(covariance[0], Variation.OfReturns)) return (1, 1);

        var lags = Math.Min(2 * SignificantLags(covariance, run, n), most);
        double weighted = 0, spectrum = covariance[0];
        for (var lag = 1; lag <= lags; lag++)
        {
            // The flat-top window of Politis and Romano (1995).
            var t = lag / (double)lags;
            var window = t <= 0.5 ? 1 : 2 * (1 - t);
            weighted += 2 * window * lag * covariance[lag];
            spectrum += 2 * window * covariance[lag];
        }
        if (spectrum <= 0) return (1, spectrum / covariance[0]);
        var length = Math.Cbrt(weighted * weighted / (spectrum * spectrum) * n);
        return (Math.Clamp(length, 1, Math.Max(1, Math.Min(3 * Math.Sqrt(n), n / 3.0))), spectrum / covariance[0]);
    }

    /// <summary>The median of the lengths of several series that are resampled together.</summary>
    /// <param name="most">The maximum number of series; of more, an even sample of this size is used.</param>
    public static double Median(IReadOnlyList<double[]> series, int most = 256)
    {
        var count = Math.Min(series.Count, most);
        var lengths = new double[count];
        for (var i = 0; i < count; i++) lengths[i] = Of(series[(int)((long)i * series.Count / count)]);
        Array.Sort(lengths);
        return count == 0 ? 1 : Quantile.Median(lengths);
    }

    // The first lag after which a run of autocorrelations is insignificant; without such a run, the last significant one.
    private static int SignificantLags(double[] covariance, int run, int n)
    {
        var bound = 2 * Math.Sqrt(Math.Log10(n) / n) * covariance[0];
        var last = covariance.Length - 1;
        for (var lag = 0; lag + run <= last; lag++)
        {
            var insignificant = true;
            for (var k = 1; k <= run && insignificant; k++) insignificant = Math.Abs(covariance[lag + k]) < bound;
            if (insignificant) return Math.Max(1, lag);
        }
        for (var lag = last; lag > 0; lag--)
            if (Math.Abs(covariance[lag]) >= bound) return lag;
        return 1;
    }

    private static double[] Autocovariance(ReadOnlySpan<double> values, int lags)
    {
        double mean = 0;
        foreach (var v in values) mean += v;
        mean /= values.Length;
        var centred = new double[values.Length];
        for (var t = 0; t < centred.Length; t++) centred[t] = values[t] - mean;
        var covariance = new double[lags + 1];
        for (var lag = 0; lag <= lags; lag++)
        {
            double sum = 0;
            for (var t = lag; t < centred.Length; t++) sum += centred[t] * centred[t - lag];
            covariance[lag] = sum / centred.Length;
        }
        return covariance;
    }
}
