using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>
/// The mean of independent values with its 95 % interval by Student's t: mean ± t(0.975; n − 1) · s / √n, with s of ddof 1.
/// </summary>
/// <param name="Count">The number of values.</param>
/// <param name="Mean">NaN without a value.</param>
/// <param name="Low">NaN with fewer than two values, and where all are equal.</param>
/// <param name="High">NaN with fewer than two values, and where all are equal.</param>
/// <param name="PValue">
/// One-sided: the probability of a mean so large or larger where the true one is zero; NaN with fewer than two values, and where all are
/// equal.
/// </param>
internal readonly record struct MeanInterval(int Count, double Mean, double Low, double High, double PValue)
{
    /// <summary>Of values in any order; sums are taken in that order.</summary>
    /// <param name="magnitude">The largest number from which the values were computed, if it is larger than the values.</param>
    public static MeanInterval Of(IReadOnlyList<double> values, double magnitude = 0) => Of(values, Quantile, magnitude);

    /// <summary>t(0.975; degrees of freedom)</summary>
    internal static double Quantile(int freedom) => StudentDistribution.Quantile(0.975, freedom);

    internal static MeanInterval Of(IReadOnlyList<double> values, Func<int, double> quantile, double magnitude)
    {
        var n = values.Count;
        if (n == 0) return new MeanInterval(0, double.NaN, double.NaN, double.NaN, double.NaN);
        var sum = 0.0;
        for (var i = 0; i < n; i++) sum += values[i];
        var mean = sum / n;
        if (n < 2) return new MeanInterval(n, mean, double.NaN, double.NaN, double.NaN);
        var squares = 0.0;
        for (var i = 0; i < n; i++)
        {
            squares += (values[i] - mean) * (values[i] - mean);
            magnitude = Math.Max(magnitude, Math.Abs(values[i]));
        }
        // Equal values leave nothing to test.
        if (Variation.IsNoneSquared(squares / (n - 1), magnitude)) return new MeanInterval(n, mean, double.NaN, double.NaN, double.NaN);
        var error = Math.Sqrt(squares / (n - 1) / n);
        var margin = quantile(n - 1) * error;
        return new MeanInterval(n, mean, mean - margin, mean + margin, StudentDistribution.Cumulative(-mean / error, n - 1));
    }
}
