namespace Granary.Engine.Numerics;

/// <summary>Quantiles and medians of values in ascending order.</summary>
/// <remarks>
/// Figures use <see cref="Linear(ReadOnlySpan{double}, double)"/>. The others return a value that exists, which rules for data and
/// intervals of resamples need. Names as in Hyndman and Fan, Sample Quantiles in Statistical Packages, The American Statistician 50
/// (1996), and as the methods of numpy.
/// </remarks>
internal static class Quantile
{
    /// <summary>The quantile with linear interpolation between order statistics: type 7, numpy's default.</summary>
    /// <returns>NaN without values.</returns>
    public static double Linear(ReadOnlySpan<double> sorted, double share)
    {
        if (sorted.Length == 0) return double.NaN;
        var at = share * (sorted.Length - 1);
        var below = (int)Math.Floor(at);
        var above = Math.Min(below + 1, sorted.Length - 1);
        var t = at - below;
        // As numpy does it, from the nearer end, so that the value agrees to the bit.
        var step = sorted[above] - sorted[below];
        return t >= 0.5 ? sorted[above] - step * (1 - t) : sorted[below] + step * t;
    }

    /// <summary>The quantile of type 7 at a whole number of equal parts: at a value it is exactly this value.</summary>
    /// <param name="sorted">Not empty.</param>
    public static double Linear(ReadOnlySpan<double> sorted, int part, int parts)
    {
        // Whole numbers, since a share such as 1/3 would be rounded.
        var (at, rest) = Math.DivRem((long)part * (sorted.Length - 1), parts);
        return rest == 0 ? sorted[(int)at] : sorted[(int)at] + (sorted[(int)at + 1] - sorted[(int)at]) * rest / parts;
    }

    /// <summary>The median: of two middle values their mean.</summary>
    /// <inheritdoc cref="Linear(ReadOnlySpan{double}, double)" path="/returns"/>
    public static double Median(ReadOnlySpan<double> sorted) => Linear(sorted, 0.5);

    /// <summary>The lower of two middle values.</summary>
    /// <param name="sorted">Not empty.</param>
    public static T LowerMedian<T>(ReadOnlySpan<T> sorted) => sorted[(sorted.Length - 1) / 2];

    /// <summary>The upper of two middle values.</summary>
    /// <param name="sorted">Not empty.</param>
    public static T UpperMedian<T>(ReadOnlySpan<T> sorted) => sorted[sorted.Length / 2];

    /// <summary>The value at the place of type 7, or the next one below it: numpy's <c>lower</c>.</summary>
    /// <param name="sorted">Not empty.</param>
    public static T Lower<T>(ReadOnlySpan<T> sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    /// <summary>The smallest value that at least this share of the values does not exceed: type 1, the nearest rank.</summary>
    /// <param name="sorted">Not empty.</param>
    /// <param name="share">Above 0.</param>
    public static T NearestRank<T>(ReadOnlySpan<T> sorted, double share) =>
        sorted[Math.Min(sorted.Length, (int)Math.Ceiling(share * sorted.Length)) - 1];

    /// <summary>The values that are left at both ends when a share of them is cut off there: a percentile interval of resamples.</summary>
    /// <param name="sorted">Not empty.</param>
    /// <param name="tail">Below a half.</param>
    /// <remarks>Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13; the upper end is the nearest rank.</remarks>
    public static (double Low, double High) Interval(ReadOnlySpan<double> sorted, double tail)
    {
        var cut = (int)(tail * sorted.Length);
        return (sorted[cut], sorted[^(cut + 1)]);
    }
}
