using Granary.Engine.Numerics;
using Granary.Learning.Trees;

namespace Granary.Learning.Search;

/// <summary>How much one parameter moves an objective.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Share">Share of the variance of the objective over the space that the parameter explains alone, 0 to 1. What the shares
/// of all parameters leave to 1 is explained by parameters together. 0 if the objective does not vary.</param>
/// <param name="Deviation">Standard deviation of the share between the trees.</param>
internal sealed record DimensionImportance(string Name, double Share, double Deviation);

/// <summary>
/// Functional analysis of variance over a random forest: Hutter, Hoos and Leyton-Brown, "An efficient approach for assessing
/// hyperparameter importance" (2014).
/// </summary>
/// <remarks>
/// The forest predicts the objective from the parameters. Each tree is constant on boxes, so its mean over all other parameters is
/// known exactly as a function of one parameter. The share is the variance of this function. The forest has the settings of Optuna's
/// evaluator; unlike there, a logarithmic parameter is averaged over its logarithm, and a choice over its choices.
/// </remarks>
internal static class Importance
{
    private const int Trees = 64;

    /// <summary>Returns the importance of each parameter, in the order of the space.</summary>
    /// <param name="points">The values of the points.</param>
    /// <param name="objective">By point; a point whose objective is NaN is ignored.</param>
    public static IReadOnlyList<DimensionImportance> Of(
        ParameterSpace space, IReadOnlyList<IReadOnlyList<double>> points, IReadOnlyList<double> objective, ulong seed = 0)
    {
        Axis[] axes = [.. space.Dimensions.Select(Axis.From)];
        var rows = Enumerable.Range(0, points.Count).Where(i => !double.IsNaN(objective[i])).ToList();
        var shares = rows.Count < 2 ? [] : SharesOfTrees(axes, [.. rows.Select(i => points[i])], Bounded([.. rows.Select(i =>
            objective[i])]), seed);
        return [.. space.Dimensions.Select((dimension, d) =>
        {
            if (shares.Count == 0) return new DimensionImportance(dimension.Name, 0, 0);
            var mean = shares.Sum(s => s[d]) / shares.Count;
            return new(dimension.Name, mean, Math.Sqrt(shares.Sum(s => (s[d] - mean) * (s[d] - mean)) / shares.Count));
        })];
    }

    // By tree that is not constant, and by dimension.
    private static List<double[]> SharesOfTrees(Axis[] axes, IReadOnlyList<IReadOnlyList<double>> points, double[] labels, ulong seed)
    {
        var columns = FeatureColumns.Of(axes);
        var features = BinnedFeatures.From([.. columns.Select(c => points.Select(p => c.ValueIn(axes, p)).ToArray())]);
        var shares = new List<double[]>();
        for (var t = 0; t < Trees && columns.Count > 0; t++)
        {
            var random = new PortableRandom((long)seed, t);
            var drawn = new double[labels.Length];
            for (var i = 0; i < drawn.Length; i++) drawn[random.Next(drawn.Length)]++;
            int[] rows = [.. Enumerable.Range(0, drawn.Length).Where(i => drawn[i] > 0)];
            var tree = new VarianceTreeGrower(features, labels, drawn, new(columns.Count, 1, 60), random).Grow(rows);
            if (new TreeVariance(axes, columns, tree).Shares() is { } found) shares.Add(found);
        }
        return shares;
    }

    // An infinite value counts as the largest or smallest finite one.
    private static double[] Bounded(double[] values)
    {
        var finite = values.Where(double.IsFinite).DefaultIfEmpty(0).ToList();
        var (low, high) = (finite.Min(), finite.Max());
        return [.. values.Select(v => Math.Clamp(v, low, high))];
    }
}
