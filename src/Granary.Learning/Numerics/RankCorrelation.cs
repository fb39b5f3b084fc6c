using Granary.Engine.Analysis;

namespace Granary.Learning.Numerics;

/// <summary>Spearman's rank correlation; ties share their mean rank.</summary>
internal static class RankCorrelation
{
    private const int MostShifts = 200, FewestPairs = 4;

    /// <summary>Ranks 1 … n in the order of the values; of values that differ by rounding alone, all the same.</summary>
    public static double[] Ranks(ReadOnlySpan<double> values) => AverageRanks.Of(values);

    /// <summary>Correlation of two series of ranks; 0 if one of them is constant.</summary>
    public static double OfRanks(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        AverageRanks.Correlation(a, b) is var correlation && double.IsNaN(correlation) ? 0 : correlation;

    /// <summary>
    /// The equivalent number of independent pairs of two series of ranks: n / (1 + 2 Σ (1 − k/n) rₐ(k) r_b(k)) with their autocorrelations
    /// r up to lag n / 5, at most 200 (Pyper and Peterman 1998, equation 1); from 4 to n.
    /// </summary>
    public static double IndependentPairs(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var n = a.Length;
        var mean = (n + 1) / 2.0;
        var (aa, bb) = (Shifted(a, mean, 0), Shifted(b, mean, 0));
        if (!(aa > 0 && bb > 0)) return n;
        var sum = 0.0;
        for (var k = 1; k <= Math.Min(n / 5, MostShifts); k++)
            sum += (1 - k / (double)n) * Shifted(a, mean, k) / aa * (Shifted(b, mean, k) / bb);
        var factor = 1 + 2 * sum;
        return factor <= 1 ? n : Math.Max(FewestPairs, n / factor);
    }

    /// <summary>
    /// Two-sided p-value of a correlation under the hypothesis of no relation. Over all permutations of this many pairs its standard
    /// deviation is 1 / √(n − 1), also with ties (Kendall 1948). If one series has two values, this is the Mann–Whitney test.
    /// </summary>
    public static double PValue(double correlation, double pairs) =>
        pairs < 2 ? 1 : NormalDistribution.Erfc(Math.Abs(correlation) * Math.Sqrt(pairs - 1) / Math.Sqrt(2));

    private static double Shifted(ReadOnlySpan<double> ranks, double mean, int by)
    {
        var sum = 0.0;
        for (var i = by; i < ranks.Length; i++) sum += (ranks[i] - mean) * (ranks[i - by] - mean);
        return sum;
    }
}
