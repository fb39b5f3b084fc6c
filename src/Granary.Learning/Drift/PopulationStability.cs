using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Numerics;

namespace Granary.Learning.Drift;

/// <summary>
/// The population stability index of a sample relative to a reference: Σ (q − p) · ln(q / p) over the bins between the reference's
/// quantiles, where p is a bin's share of the reference and q its share of the sample. Quantiles are interpolated as in numpy. Half an
/// observation is added to each bin, so empty bins have a logarithm.
/// </summary>
/// <param name="Value">The index; 0 for equal shares.</param>
/// <param name="Bins">Bins used; fewer than requested if values of the reference repeat.</param>
/// <param name="Reference">Number of values of the reference.</param>
/// <param name="Sample">Number of values of the sample.</param>
internal sealed record PopulationStability(double Value, int Bins, int Reference, int Sample)
{
    /// <param name="reference">In any order; at least as many values as bins.</param>
    /// <param name="sample">In any order, not empty.</param>
    /// <param name="bins">At least 2.</param>
    /// <exception cref="InputException">A sample is too short, or all values of the reference are equal.</exception>
    public static PopulationStability Of(ReadOnlySpan<double> reference, ReadOnlySpan<double> sample, int bins = 10)
    {
        if (bins < 2) throw new InputException($"bins = {bins} is out of range; use at least 2");
        if (reference.Length < bins)
            throw new InputException($"{reference.Length} reference values do not fill {bins} bins; give more, or fewer bins");
        if (sample.Length == 0) throw new InputException("there is no value after the reference; give fewer reference rows");
        var edges = Edges(reference, bins);
        if (edges.Length == 0)
            throw new InputException("all values of the reference are equal, so they have no bins; give a longer reference");
        var (before, after) = (Counts(reference, edges), Counts(sample, edges));
        var used = edges.Length + 1;
        var index = 0.0;
        for (var b = 0; b < used; b++)
        {
            var p = (before[b] + 0.5) / (reference.Length + 0.5 * used);
            var q = (after[b] + 0.5) / (sample.Length + 0.5 * used);
            index += (q - p) * PortableMath.Log(q / p);
        }
        return new PopulationStability(index, used, reference.Length, sample.Length);
    }

    /// <summary>
    /// Probability that the index of an unchanged distribution exceeds a threshold: it is (1/n + 1/m) times a chi-square variable with one
    /// degree of freedom fewer than bins (Yurdakul 2018).
    /// </summary>
    public double ChanceAbove(double threshold) => ChiSquareDistribution.Exceeding(threshold / Scale, Bins - 1);

    /// <summary>The threshold that the index of an unchanged distribution exceeds with this probability.</summary>
    public double ThresholdFor(double probability) => Scale * ChiSquareDistribution.ExceededWith(probability, Bins - 1);

    private double Scale => 1.0 / Reference + 1.0 / Sample;

    // Repeated values leave bins without reference values; these are merged with the next bin.
    private static double[] Edges(ReadOnlySpan<double> reference, int bins)
    {
        var sorted = reference.ToArray();
        Array.Sort(sorted);
        var edges = new List<double>(bins - 1);
        var (taken, next) = (0, 0);
        for (var b = 1; b < bins; b++)
        {
            var edge = Quantile.Linear(sorted, (double)b / bins);
            while (next < sorted.Length && sorted[next] <= edge) next++;
            if (next == taken || next == sorted.Length) continue;
            edges.Add(edge);
            taken = next;
        }
        return [.. edges];
    }

    // A value at an edge belongs to the bin below it.
    private static int[] Counts(ReadOnlySpan<double> values, double[] edges)
    {
        var counts = new int[edges.Length + 1];
        foreach (var value in values)
        {
            var place = Array.BinarySearch(edges, value);
            counts[place < 0 ? ~place : place]++;
        }
        return counts;
    }
}
