using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>
/// The mean of a series whose neighbouring values depend on each other, with its 95 % interval by the variance of Newey and West (A simple,
/// positive semi-definite, heteroskedasticity and autocorrelation consistent covariance matrix, Econometrica 55(3), 1987).
/// </summary>
/// <remarks>
/// With e = value − mean, n values and the lag L: S = γ(0) + 2 Σ (1 − k / (L + 1)) γ(k) over k = 1 … L, γ(k) = Σ e(t) e(t − k) / n; the
/// error is √(S / (n − L − 1)). A missing value counts as e = 0 and not in n, so the distances of the others stay (Parzen 1963).
/// The interval and the p-value are of Student's t with 1.5 n / (L + 1) degrees of freedom, at most n − 1: the variance itself is
/// estimated from about so many independent values (Lazarus, Lewis, Stock and Watson 2018, for Bartlett's kernel).
/// </remarks>
internal sealed class LongRunMean
{
    private LongRunMean(int count, double mean, double deviation, double error, int lag)
    {
        (Count, Mean, Deviation, Error, Lag) = (count, mean, deviation, error, lag);
        var freedom = Math.Min(count - 1, 1.5 * count / (lag + 1));
        T = mean / error;
        PValue = 2 * StudentDistribution.Cumulative(-Math.Abs(T), freedom);
        var margin = double.IsNaN(error) ? double.NaN : StudentDistribution.Quantile(0.975, freedom) * error;
        (Low, High) = (mean - margin, mean + margin);
    }

    /// <summary>The number of values that exist.</summary>
    public int Count { get; }

    /// <summary>NaN without a value.</summary>
    public double Mean { get; }

    /// <summary>Standard deviation of the values with ddof 1; NaN with fewer than two.</summary>
    public double Deviation { get; }

    /// <summary>Standard error of the mean; NaN if it cannot be estimated: too few values, or all are equal.</summary>
    public double Error { get; }

    /// <summary>The lag L, in places of the series.</summary>
    public int Lag { get; }

    /// <summary>Mean over error.</summary>
    public double T { get; }

    /// <summary>Two-sided, for a true mean of zero.</summary>
    public double PValue { get; }

    /// <summary>Lower end of the 95 % interval.</summary>
    public double Low { get; }

    /// <summary>Upper end of the 95 % interval.</summary>
    public double High { get; }

    /// <summary>
    /// The lag for values that overlap: three times the overlap, and at least 4 (n / 100)^(2/9), Newey and West's rule; at most n / 3.
    /// </summary>
    /// <param name="count">The number of values that exist.</param>
    /// <param name="overlap">The number of later values that share a part with a value: the horizon less one.</param>
    public static int LagOf(int count, int overlap)
    {
        var plain = count > 0 ? (int)(4 * PortableMath.Exp(2.0 / 9 * PortableMath.Log(count / 100.0))) : 0;
        return (int)Math.Min(Math.Max(plain, 3L * overlap), count / 3);
    }

    /// <summary>Estimates the mean of a series.</summary>
    /// <param name="values">In the order of time; NaN for a missing one.</param>
    /// <param name="overlap">See <see cref="LagOf"/>.</param>
    public static LongRunMean Of(ReadOnlySpan<double> values, int overlap)
    {
        var (count, sum, magnitude) = (0, 0.0, 0.0);
        foreach (var v in values)
        {
            if (double.IsNaN(v)) continue;
            count++;
            sum += v;
            magnitude = Math.Max(magnitude, Math.Abs(v));
        }
        if (count == 0) return new LongRunMean(0, double.NaN, double.NaN, double.NaN, 0);
        var (mean, lag) = (sum / count, LagOf(count, overlap));
        var rest = new double[values.Length];
        for (var t = 0; t < rest.Length; t++) rest[t] = double.IsNaN(values[t]) ? 0 : values[t] - mean;
        var squares = Products(rest, 0);
        if (count < 2 || Variation.IsNoneSquared(squares / (count - 1), magnitude))
            return new LongRunMean(count, mean, count < 2 ? double.NaN : 0, double.NaN, lag);
        var total = squares;
        for (var k = 1; k <= lag; k++) total += 2 * (1 - k / (lag + 1.0)) * Products(rest, k);
        var variance = count > lag + 1 ? total / count / (count - lag - 1) : double.NaN;
        return new LongRunMean(count, mean, Math.Sqrt(squares / (count - 1)), variance > 0 ? Math.Sqrt(variance) : double.NaN, lag);
    }

    private static double Products(double[] rest, int lag)
    {
        var sum = 0.0;
        for (var t = lag; t < rest.Length; t++) sum += rest[t] * rest[t - lag];
        return sum;
    }
}
