namespace Granary.Engine.Analysis;

/// <summary>
/// Holm's step-down correction of several tests (Holm 1979). The probability of at least one false finding stays at the level, however
/// the tests depend on one another.
/// </summary>
internal static class HolmCorrection
{
    /// <summary>Adjusts p-values: p of rank k (from 0) times (n − k), at most 1, and never below an earlier rank's.</summary>
    /// <param name="values">p-values, in any order; all finite.</param>
    /// <returns>Adjusted p-values in the same order; one below the level is significant.</returns>
    public static double[] Adjust(IReadOnlyList<double> values)
    {
        var order = Enumerable.Range(0, values.Count).OrderBy(i => values[i]).ThenBy(i => i).ToList();
        var adjusted = new double[values.Count];
        var largest = 0.0;
        for (var k = 0; k < order.Count; k++)
            adjusted[order[k]] = largest = Math.Max(largest, Math.Min(1, values[order[k]] * (values.Count - k)));
        return adjusted;
    }
}
