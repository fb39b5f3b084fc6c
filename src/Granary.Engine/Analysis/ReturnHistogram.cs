using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>How often returns fell into bins of equal width.</summary>
/// <param name="Edges">Count + 1 edges, ascending; a bin holds its lower edge, the last one its upper edge too.</param>
/// <param name="Counts">Returns in each bin; they add up to the returns that are defined.</param>
internal sealed record ReturnHistogram(double[] Edges, int[] Counts)
{
    /// <param name="bins">The number of bins; 0 chooses it by Freedman and Diaconis, between 10 and 100.</param>
    /// <returns>Without bins where there is no defined return.</returns>
    public static ReturnHistogram Of(ReadOnlySpan<double> returns, int bins = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bins);
        var sorted = returns.ToArray();
        Array.Sort(sorted);
        var first = 0;
        while (first < sorted.Length && double.IsNaN(sorted[first])) first++;
        var defined = sorted.AsSpan(first);
        if (defined.Length == 0) return new ReturnHistogram([], []);
        var (least, most) = (defined[0], defined[^1]);
        if (least == most) return new ReturnHistogram([least, most], [defined.Length]);
        if (bins == 0)
        {
            var width = 2 * (Quantile.Linear(defined, 0.75) - Quantile.Linear(defined, 0.25)) / Math.Cbrt(defined.Length);
            bins = width > 0 ? (int)Math.Clamp(Math.Ceiling((most - least) / width), 10, 100) : 10;
        }
        var edges = new double[bins + 1];
        for (var i = 0; i <= bins; i++) edges[i] = i == bins ? most : least + (most - least) * i / bins;
        var counts = new int[bins];
        var bin = 0;
        foreach (var r in defined)
        {
            while (bin < bins - 1 && r >= edges[bin + 1]) bin++;
            counts[bin]++;
        }
        return new ReturnHistogram(edges, counts);
    }
}
