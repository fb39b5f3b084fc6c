using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>
/// The difference of the Sharpe ratios of two accounts over the same periods, and how much of it is chance. Ledoit and Wolf, Robust
/// performance hypothesis testing with the Sharpe ratio, Journal of Empirical Finance 15(5), 2008.
/// </summary>
/// <remarks>
/// The test allows for returns with fat tails, serial correlation and changing volatility, and for the correlation of the two accounts.
/// Ratios are per period, with the sample deviation; pass returns above the risk-free rate if there is one.
/// </remarks>
internal sealed class SharpeDifference
{
    /// <summary>The fewest periods for which the standard error is computed.</summary>
    public const int LeastPeriods = 20;

    private readonly double[] _first, _second;

    private SharpeDifference(double[] first, double[] second, double difference, double error) =>
        (_first, _second, Difference, StandardError) = (first, second, difference, error);

    /// <summary>The ratio of the first account minus the second's; NaN where one of them has no deviation.</summary>
    public double Difference { get; }

    /// <summary>Its standard error; 0 where one account is a multiple of the other, and NaN where it is unknown.</summary>
    public double StandardError { get; }

    /// <summary>The probability of so large a difference, on either side, between equal ratios, by the normal distribution.</summary>
    public double PValue => StandardError > 0 ? 2 * NormalDistribution.Cumulative(-Math.Abs(Difference) / StandardError)
        : StandardError == 0 ? 1 : double.NaN;

    /// <summary>Compares two accounts.</summary>
    /// <param name="first">Returns by period, oldest first.</param>
    /// <param name="second">Returns of the other account in the same periods.</param>
    /// <exception cref="ArgumentException">The numbers of periods differ.</exception>
    public static SharpeDifference Of(double[] first, double[] second)
    {
        if (first.Length != second.Length)
            throw new ArgumentException($"there are {first.Length} and {second.Length} returns", nameof(second));
        var (a, b) = (Moments.OfReturns(first), Moments.OfReturns(second));
        if (!(a.SampleDeviation > 0 && b.SampleDeviation > 0)) return new SharpeDifference(first, second, double.NaN, double.NaN);
        return new SharpeDifference(first, second, a.Mean / a.SampleDeviation - b.Mean / b.SampleDeviation,
            first.Length < LeastPeriods ? double.NaN : ErrorOf(first, second));
    }

    private static double ErrorOf(double[] first, double[] second)
    {
        var n = first.Length;
        var (one, other) = (SquareMoments.Of(first), SquareMoments.Of(second));
        double[] gradient = [one.ByMean, -other.ByMean, one.BySquare, -other.BySquare];
        var series = new double[4][];
        for (var i = 0; i < 4; i++) series[i] = new double[n];
        var (influence, own) = (0.0, 0.0);
        for (var t = 0; t < n; t++)
        {
            series[0][t] = first[t] - one.Mean;
            series[1][t] = second[t] - other.Mean;
            series[2][t] = first[t] * first[t] - one.Square;
            series[3][t] = second[t] * second[t] - other.Square;
            var (left, right) = (gradient[0] * series[0][t] + gradient[2] * series[2][t],
                gradient[1] * series[1][t] + gradient[3] * series[3][t]);
            influence += (left + right) * (left + right);
            own += left * left + right * right;
        }
        // Where one is a multiple of the other, the two influences cancel up to their rounding.
        if (Variation.IsNoneOfSums(influence, own)) return 0;
        // The ratios have the sample deviation, which is larger than that of the moments.
        return Math.Sqrt(LongRunVariance.Of(series, gradient) / n * (n - 1) / n);
    }

    /// <summary>
    /// The p-value by the studentised circular block bootstrap of the paper, which keeps its size in short records better than the normal
    /// distribution.
    /// </summary>
    /// <param name="block">The block length in periods; 0 takes the one that suits the returns and their squares.</param>
    /// <param name="samples">The number of bootstrap samples.</param>
    /// <param name="seed">The same seed gives the same samples.</param>
    /// <returns>NaN where the standard error is unknown.</returns>
    public double BootstrapPValue(int block, int samples, long seed)
    {
        if (!(StandardError > 0)) return PValue;
        ArgumentOutOfRangeException.ThrowIfNegative(block);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        var n = _first.Length;
        if (block == 0) block = UsualBlock();
        block = Math.Clamp(block, 1, n / 4);
        var sums = BlockSums(block);
        var (count, random) = (n / block, new PortableRandom(seed));
        var starts = new int[count];
        var observed = Math.Abs(Difference) / StandardError;
        var centre = SquareMoments.Of(_first).Ratio - SquareMoments.Of(_second).Ratio;
        var extreme = 1;
        for (var m = 0; m < samples; m++)
        {
            for (var j = 0; j < count; j++) starts[j] = random.Next(n);
            // A sample without deviation has no ratio; it counts as extreme, which is on the safe side.
            if (!(Studentised(sums, starts, block, centre) < observed)) extreme++;
        }
        return extreme / (samples + 1.0);
    }

    // Politis and White's length for circular blocks: that of the stationary bootstrap times (3/2)^(1/3).
    private int UsualBlock()
    {
        double[][] series = [_first, _second, [.. _first.Select(r => r * r)], [.. _second.Select(r => r * r)]];
        return (int)Math.Max(1, Math.Round(BlockLength.Median(series) * Math.Cbrt(1.5)));
    }

    // By start: the sums of both returns and of their squares over a block, which continues at the beginning.
    private double[] BlockSums(int block)
    {
        var n = _first.Length;
        var sums = new double[4 * n];
        for (var s = 0; s < n; s++)
            for (var t = 0; t < block; t++)
            {
                var (a, b) = (_first[(s + t) % n], _second[(s + t) % n]);
                sums[4 * s] += a;
                sums[4 * s + 1] += b;
                sums[4 * s + 2] += a * a;
                sums[4 * s + 3] += b * b;
            }
        return sums;
    }

    private static double Studentised(double[] sums, int[] starts, int block, double centre)
    {
        Span<double> means = stackalloc double[4];
        means.Clear();
        foreach (var s in starts)
            for (var i = 0; i < 4; i++) means[i] += sums[4 * s + i];
        double length = starts.Length * block;
        for (var i = 0; i < 4; i++) means[i] /= length;
        var (one, other) = (new SquareMoments(means[0], means[2]), new SquareMoments(means[1], means[3]));
        var variance = 0.0;
        foreach (var s in starts)
        {
            var influence = one.ByMean * (sums[4 * s] - block * means[0]) - other.ByMean * (sums[4 * s + 1] - block * means[1])
                + one.BySquare * (sums[4 * s + 2] - block * means[2]) - other.BySquare * (sums[4 * s + 3] - block * means[3]);
            variance += influence * influence / block;
        }
        return Math.Abs(one.Ratio - other.Ratio - centre) / Math.Sqrt(variance / starts.Length / length);
    }

    // Mean and mean square of returns, their ratio, and its derivatives.
    private readonly record struct SquareMoments(double Mean, double Square)
    {
        public double Variance => Square - Mean * Mean;

        public double Ratio => Mean / Math.Sqrt(Variance);

        public double ByMean => Square / (Variance * Math.Sqrt(Variance));

        public double BySquare => -0.5 * Mean / (Variance * Math.Sqrt(Variance));

        public static SquareMoments Of(double[] returns)
        {
            var (sum, squares) = (0.0, 0.0);
            foreach (var r in returns)
            {
                sum += r;
                squares += r * r;
            }
            return new SquareMoments(sum / returns.Length, squares / returns.Length);
        }
    }
}
