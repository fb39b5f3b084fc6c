namespace Granary.Recompute.Tests.Figures;

/// <summary>How many independent trials strategies amount to: clusters of a sample of 256, as docs/validation.md defines them.</summary>
/// <param name="Number">For all strategies.</param>
/// <param name="Clusters">Scaled to all strategies.</param>
internal sealed record IndependentTrials(double Number, int Clusters)
{
    private const int Sample = 256;

    /// <param name="returns">Of strategies that ever moved.</param>
    public static IndependentTrials Of(IReadOnlyList<double[]> returns)
    {
        var count = Math.Min(Sample, returns.Count);
        var chosen = Enumerable.Range(0, count).Select(i => returns[(int)((long)i * returns.Count / count)]).ToArray();
        var correlation = new double[count, count];
        for (var i = 0; i < count; i++)
            for (var j = 0; j <= i; j++)
                correlation[i, j] = correlation[j, i] = i == j ? 1 : Pages.ReturnTables.Correlation(chosen[i], chosen[j]);
        var scale = (double)returns.Count / count;
        var (number, clusters) = (0.0, 0.0);
        foreach (var cluster in Best(correlation, count))
        {
            if (cluster.Count == 1) (number, clusters) = (number + scale, clusters + scale);
            else (number, clusters) = (number + Equivalent(cluster.Count * scale, Mean(correlation, cluster)), clusters + 1);
        }
        return new(number, (int)Math.Round(clusters));
    }

    private static double Mean(double[,] correlation, List<int> cluster) =>
        cluster.SelectMany((a, i) => cluster.Take(i).Select(b => correlation[a, b])).Average();

    // The number of independent trials whose best is √(1 − ρ) times as far out.
    private static double Equivalent(double trials, double correlation)
    {
        var target = Math.Sqrt(1 - Math.Clamp(correlation, 0, 1)) * NormalCurve.ExpectedMaximum(trials);
        var (low, high) = (1.0, trials);
        for (var i = 0; i < 50; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = NormalCurve.ExpectedMaximum(middle) < target ? (middle, high) : (low, middle);
        }
        return (low + high) / 2;
    }

    // Average linkage, two nearest clusters after another, and of all numbers of clusters the one with the best silhouettes.
    private static List<List<int>> Best(double[,] correlation, int count)
    {
        var distance = new double[count, count];
        for (var i = 0; i < count; i++)
            for (var j = 0; j < count; j++)
                distance[i, j] = Math.Sqrt(Math.Max(0, 1 - correlation[i, j]) / 2);
        var between = (double[,])distance.Clone();
        var clusters = Enumerable.Range(0, count).ToDictionary(i => i, i => new List<int> { i });
        var (best, quality) = (new List<List<int>> { Enumerable.Range(0, count).ToList() }, 0.0);
        while (clusters.Count > 2)
        {
            Merge(between, clusters);
            List<List<int>> now = [.. clusters.Values.Select(c => c.ToList())];
            if (Quality(distance, now, count) is var q && q >= quality) (best, quality) = (now, q);
        }
        return best;
    }

    private static void Merge(double[,] between, Dictionary<int, List<int>> clusters)
    {
        var names = clusters.Keys.Order().ToArray();
        var (a, b) = (-1, -1);
        foreach (var i in names)
            foreach (var j in names)
                if (i < j && (a < 0 || between[i, j] < between[a, b]))
                    (a, b) = (i, j);
        var (inA, inB) = (clusters[a].Count, clusters[b].Count);
        foreach (var i in names) between[a, i] = between[i, a] = (inA * between[a, i] + inB * between[b, i]) / (inA + inB);
        clusters[a].AddRange(clusters[b]);
        clusters.Remove(b);
    }

    private static double Quality(double[,] distance, List<List<int>> clusters, int count)
    {
        var silhouettes = new List<double>(count);
        foreach (var own in clusters)
            foreach (var i in own)
            {
                if (own.Count == 1)
                {
                    silhouettes.Add(0);
                    continue;
                }
                double Sum(List<int> others)
                {
                    var sum = 0.0;
                    foreach (var j in others) sum += distance[i, j];
                    return sum;
                }
                var (within, nearest) = (Sum(own) / (own.Count - 1), clusters.Where(c => c != own).Min(c => Sum(c) / c.Count));
                silhouettes.Add(Math.Max(within, nearest) > 0 ? (nearest - within) / Math.Max(within, nearest) : 0);
            }
        var mean = silhouettes.Average();
        var variance = silhouettes.Average(s => s * s) - mean * mean;
        return variance > 1e-18 ? mean / Math.Sqrt(variance) : 0;
    }
}
