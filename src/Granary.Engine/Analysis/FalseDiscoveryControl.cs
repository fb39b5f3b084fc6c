namespace Granary.Engine.Analysis;

/// <summary>
/// Step-up corrections of several tests. The expected share of false findings is at most the level: of <see cref="Adjust"/> for any
/// dependence between the tests, of <see cref="AdjustIndependent"/> for independent ones.
/// </summary>
internal static class FalseDiscoveryControl
{
    /// <summary>
    /// Of rank k (from 1) of m: the least of p · m · (1 + 1/2 + … + 1/m) / k over this rank and all later ones, at most 1 (Benjamini and
    /// Yekutieli 2001, theorem 1.3).
    /// </summary>
    /// <param name="values">p-values, in any order; all finite.</param>
    /// <returns>Adjusted ones in the same order: at or below the level means found.</returns>
    public static double[] Adjust(IReadOnlyList<double> values)
    {
        var harmonic = 0.0;
        for (var k = 1; k <= values.Count; k++) harmonic += 1.0 / k;
        return StepUp(values, harmonic);
    }

    /// <summary>
    /// Of rank k (from 1) of m: the least of p · m / k over this rank and all later ones, at most 1 (Benjamini and Hochberg 1995).
    /// </summary>
    /// <inheritdoc cref="Adjust"/>
    public static double[] AdjustIndependent(IReadOnlyList<double> values) => StepUp(values, 1);

    private static double[] StepUp(IReadOnlyList<double> values, double price)
    {
        var order = Enumerable.Range(0, values.Count).OrderBy(i => values[i]).ThenBy(i => i).ToList();
        var adjusted = new double[values.Count];
        var least = 1.0;
        for (var k = values.Count; k >= 1; k--)
            adjusted[order[k - 1]] = least = Math.Min(least, values[order[k - 1]] * values.Count * price / k);
        return adjusted;
    }
}
