using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>The share of the variance of values that their groups explain, less the share that chance explains.</summary>
internal static class ExplainedVariance
{
    // With fewer the share is chance: three groups of four values explain nearly everything by luck.
    private const int LeastFreedom = 10;

    /// <summary>ω² of Hays (1963), "Statistics for Psychologists"; at or below zero the groups explain no more than chance.</summary>
    /// <param name="groups">The values of each group, returns; no group is empty.</param>
    /// <returns>NaN with fewer than two groups, with fewer than ten values more than groups, or if all values are equal.</returns>
    public static double Of(IReadOnlyList<IReadOnlyList<double>> groups)
    {
        var (n, sum) = (0, 0.0);
        foreach (var group in groups)
        {
            n += group.Count;
            foreach (var value in group) sum += value;
        }
        if (groups.Count < 2 || n - groups.Count < LeastFreedom) return double.NaN;
        var (mean, between, within) = (sum / n, 0.0, 0.0);
        foreach (var group in groups)
        {
            var own = 0.0;
            foreach (var value in group) own += value;
            own /= group.Count;
            between += group.Count * (own - mean) * (own - mean);
            foreach (var value in group) within += (value - own) * (value - own);
        }
        var noise = within / (n - groups.Count);
        return Variation.IsNoneSquared((between + within) / n, Variation.OfReturns) ? double.NaN
            : (between - (groups.Count - 1) * noise) / (between + within + noise);
    }
}
