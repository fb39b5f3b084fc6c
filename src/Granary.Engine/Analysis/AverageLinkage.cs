namespace Granary.Engine.Analysis;

/// <summary>
/// Clusters of correlated series: average linkage on the distances √((1 − ρ)/2), cut where the silhouettes have the highest mean over
/// deviation. Rousseeuw, Silhouettes, Journal of Computational and Applied Mathematics 20 (1987); the quality is that of López de Prado
/// 2018.
/// </summary>
internal sealed class AverageLinkage
{
    private readonly double[,] _distance;
    private readonly (int A, int B)[] _merges;
    private readonly int _count;

    /// <param name="correlation">Symmetric, of at least two series.</param>
    public AverageLinkage(double[,] correlation)
    {
        _count = correlation.GetLength(0);
        _distance = new double[_count, _count];
        for (var i = 0; i < _count; i++)
            for (var j = 0; j < _count; j++)
                _distance[i, j] = Math.Sqrt(Math.Max(0, 1 - correlation[i, j]) / 2);
        _merges = Merges();
    }

    /// <returns>By series the number of its cluster, from 0 in the order of their first members.</returns>
    public int[] BestLabels(out int clusters)
    {
        var best = Labels(1);
        clusters = 1;
        var quality = 0.0;
        for (var k = 2; k < _count; k++)
        {
            var labels = Labels(k);
            if (Quality(labels, k) is var q && q <= quality) continue;
            (quality, best, clusters) = (q, labels, k);
        }
        return best;
    }

    // Mean over deviation of the silhouettes; 0 where they do not differ.
    private double Quality(int[] labels, int clusters)
    {
        var size = new int[clusters];
        foreach (var label in labels) size[label]++;
        var (sum, squares) = (0.0, 0.0);
        var to = new double[clusters];
        for (var i = 0; i < _count; i++)
        {
            if (size[labels[i]] == 1) continue; // a cluster of one has a silhouette of 0
            Array.Clear(to);
            for (var j = 0; j < _count; j++) to[labels[j]] += _distance[i, j];
            var own = to[labels[i]] / (size[labels[i]] - 1);
            var nearest = double.PositiveInfinity;
            for (var c = 0; c < clusters; c++)
                if (c != labels[i])
                    nearest = Math.Min(nearest, to[c] / size[c]);
            var silhouette = Math.Max(own, nearest) > 0 ? (nearest - own) / Math.Max(own, nearest) : 0;
            sum += silhouette;
            squares += silhouette * silhouette;
        }
        var mean = sum / _count;
        var variance = squares / _count - mean * mean;
        return variance > 1e-18 ? mean / Math.Sqrt(variance) : 0;
    }

    private int[] Labels(int clusters)
    {
        var parent = new int[_count];
        for (var i = 0; i < _count; i++) parent[i] = i;
        int Root(int i)
        {
            while (parent[i] != i) i = parent[i] = parent[parent[i]];
            return i;
        }
        for (var m = 0; m < _count - clusters; m++)
        {
            var (a, b) = (Root(_merges[m].A), Root(_merges[m].B));
            parent[Math.Max(a, b)] = Math.Min(a, b);
        }
        var number = new Dictionary<int, int>();
        var labels = new int[_count];
        for (var i = 0; i < _count; i++)
        {
            var root = Root(i);
            if (!number.TryGetValue(root, out var label)) number.Add(root, label = number.Count);
            labels[i] = label;
        }
        return labels;
    }

    // The chain of nearest neighbours (Murtagh 1983): average linkage is reducible, so merges found out of order are those of the plain
    // algorithm.
    private (int A, int B)[] Merges()
    {
        var distance = (double[,])_distance.Clone();
        var size = new int[_count];
        Array.Fill(size, 1);
        var merges = new List<(int A, int B, double Height)>(_count - 1);
        var chain = new List<int>();
        while (merges.Count < _count - 1)
        {
            if (chain.Count == 0) chain.Add(Array.FindIndex(size, s => s > 0));
            var last = chain[^1];
            var previous = chain.Count > 1 ? chain[^2] : -1;
            var nearest = previous;
            for (var j = 0; j < _count; j++)
                if (j != last && size[j] > 0 && (nearest < 0 || distance[last, j] < distance[last, nearest]))
                    nearest = j;
            if (nearest != previous)
            {
                chain.Add(nearest);
                continue;
            }
            chain.RemoveRange(chain.Count - 2, 2);
            var (a, b) = (Math.Min(last, nearest), Math.Max(last, nearest));
            merges.Add((a, b, distance[a, b]));
            for (var j = 0; j < _count; j++)
                if (size[j] > 0 && j != a && j != b)
                    distance[a, j] = distance[j, a] = (size[a] * distance[a, j] + size[b] * distance[b, j]) / (size[a] + size[b]);
            size[a] += size[b];
            size[b] = 0;
        }
        return [.. merges.Select((m, i) => (m, i)).OrderBy(x => x.m.Height).ThenBy(x => x.i).Select(x => (x.m.A, x.m.B))];
    }
}
