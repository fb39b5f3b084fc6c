using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>Count, mean and central moments to the fourth of a stream of numbers, in one pass and constant memory.</summary>
/// <remarks>
/// Pébay, Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical moments, Sandia 2008.
/// </remarks>
/// <param name="magnitude">
/// The largest number from which the values were computed, if it is larger than the values: <see cref="Variation.OfReturns"/> for returns.
/// </param>
internal struct Moments(double magnitude)
{
    private double _m2, _m3, _m4;
    // Grows with the values.
    private double _magnitude = magnitude;

    public long Count { get; private set; }

    /// <summary>NaN when empty.</summary>
    public readonly double Mean => Count > 0 ? _mean : double.NaN;

    private double _mean;

    public void Add(double value)
    {
        _magnitude = Math.Max(_magnitude, Math.Abs(value));
        double n1 = Count;
        double n = ++Count;
        var delta = value - _mean;
        var deltaN = delta / n;
        var deltaN2 = deltaN * deltaN;
        var term = delta * deltaN * n1;
        _mean += deltaN;
        _m4 += term * deltaN2 * (n * n - 3 * n + 3) + 6 * deltaN2 * _m2 - 4 * deltaN * _m3;
        _m3 += term * deltaN * (n - 2) - 3 * deltaN * _m2;
        _m2 += term;
    }

    /// <summary>The moments of returns.</summary>
    public static Moments OfReturns(ReadOnlySpan<double> returns) => Of(returns, Variation.OfReturns);

    /// <summary>The moments of <paramref name="values"/>, by two passes.</summary>
    /// <param name="magnitude">The largest number from which the values were computed, if it is larger than the values.</param>
    public static Moments Of(ReadOnlySpan<double> values, double magnitude = 0)
    {
        if (values.Length == 0) return new Moments(magnitude);
        double sum = 0;
        foreach (var v in values)
        {
            sum += v;
            magnitude = Math.Max(magnitude, Math.Abs(v));
        }
        var mean = sum / values.Length;
        double m2 = 0, m3 = 0, m4 = 0, rest = 0;
        foreach (var v in values)
        {
            var d = v - mean;
            var d2 = d * d;
            rest += d;
            m2 += d2;
            m3 += d2 * d;
            m4 += d2 * d2;
        }
        // The rest is what rounding left of the mean; a constant stream then has a deviation of exactly zero.
        m2 = Math.Max(0, m2 - rest * rest / values.Length);
        return new Moments(magnitude) { Count = values.Length, _mean = mean, _m2 = m2, _m3 = m3, _m4 = m4 };
    }

    /// <summary>
    /// Sum of squared deviations over n − 1; NaN for fewer than two values, 0 where they differ by rounding alone.
    /// </summary>
    public readonly double SampleVariance =>
        Count < 2 ? double.NaN : Variation.IsNoneSquared(_m2 / (Count - 1), _magnitude) ? 0 : _m2 / (Count - 1);

    /// <summary>Standard deviation with ddof 1; NaN and 0 like <see cref="SampleVariance"/>.</summary>
    public readonly double SampleDeviation => Math.Sqrt(SampleVariance);

    /// <summary>Population skewness m3 / m2^1.5; NaN where all values are equal.</summary>
    public readonly double Skew => SampleDeviation > 0 ? Math.Sqrt(Count) * _m3 / Math.Pow(_m2, 1.5) : double.NaN;

    /// <summary>Population kurtosis m4 / m2², raw: 3 for the normal distribution; NaN where all values are equal.</summary>
    public readonly double Kurtosis => SampleDeviation > 0 ? Count * _m4 / (_m2 * _m2) : double.NaN;
}
