using Granary.Engine.Numerics;

namespace Granary.Engine.Portfolio.Allocation;

/// <summary>
/// Hierarchical risk parity: a tree of the assets by single linkage, their order along its leaves, and bisection of that order, each time
/// in inverse proportion to the variances of the two halves. López de Prado, Building diversified portfolios that outperform out of sample,
/// Journal of Portfolio Management 42 (2016).
/// </summary>
/// <remarks>
/// The distance of two assets is the Euclidean distance of their columns of √(½(1 − ρ)), as in the paper's section on tree clustering and
/// its code.
/// </remarks>
internal static class HierarchicalTree
{
    /// <param name="covariance">Row-major [n, n]; each variance is above 0.</param>
    /// <returns>Weights by asset; they add up to 1.</returns>
    public static double[] Weights(double[] covariance, int n)
    {
        var order = Leaves(Distances(covariance, n), n);
        var weights = new double[n];
        Array.Fill(weights, 1);
        Bisect(order, covariance, n, weights);
        return weights;
    }

    private static double[] Distances(double[] covariance, int n)
    {
        var correlation = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
            {
                var rho = covariance[i * n + j] / Math.Sqrt(covariance[i * n + i] * covariance[j * n + j]);
                correlation[i * n + j] = i == j ? 0 : Math.Sqrt(Math.Max(0, 1 - rho) / 2);
            }
        var distances = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < i; j++)
                distances[i * n + j] = distances[j * n + i] =
                    Math.Sqrt(Dense.SquaredDistance(correlation.AsSpan(i * n, n), correlation.AsSpan(j * n, n)));
        return distances;
    }

    // Single linkage joins along the shortest spanning tree (Gower and Ross 1969). The asset or cluster with the lower number is left.
    private static int[] Leaves(double[] distances, int n)
    {
        var (nearest, isIn) = (new double[n], new bool[n]);
        Array.Fill(nearest, double.PositiveInfinity);
        var joins = new List<(int A, int B, double Distance)>();
        for (int at = 0, joined = 1; joined < n; joined++)
        {
            isIn[at] = true;
            var (next, least) = (-1, double.PositiveInfinity);
            for (var i = 0; i < n; i++)
            {
                if (isIn[i]) continue;
                nearest[i] = Math.Min(nearest[i], distances[at * n + i]);
                if (nearest[i] < least) (next, least) = (i, nearest[i]);
            }
            joins.Add((at, next, least));
            at = next;
        }
        var (root, children) = (Enumerable.Range(0, 2 * n - 1).ToArray(), new (int Left, int Right)[Math.Max(0, n - 1)]);
        int Root(int i)
        {
            while (root[i] != i) i = root[i] = root[root[i]];
            return i;
        }
        var number = n;
        foreach (var (a, b, _) in joins.OrderBy(j => j.Distance))
        {
            var (x, y) = (Root(a), Root(b));
            children[number - n] = (Math.Min(x, y), Math.Max(x, y));
            root[x] = root[y] = number++;
        }
        var (leaves, open) = (new List<int>(n), new Stack<int>([number - 1]));
        while (open.TryPop(out var node))
        {
            if (node < n)
            {
                leaves.Add(node);
                continue;
            }
            open.Push(children[node - n].Right);
            open.Push(children[node - n].Left);
        }
        return [.. leaves];
    }

    private static void Bisect(ReadOnlySpan<int> items, double[] covariance, int n, double[] weights)
    {
        if (items.Length < 2) return;
        var left = items[..(items.Length / 2)];
        var right = items[(items.Length / 2)..];
        var (a, b) = (VarianceOf(left, covariance, n), VarianceOf(right, covariance, n));
        var share = 1 - a / (a + b);
        foreach (var i in left) weights[i] *= share;
        foreach (var i in right) weights[i] *= 1 - share;
        Bisect(left, covariance, n, weights);
        Bisect(right, covariance, n, weights);
    }

    // The variance of a half at weights in inverse proportion to its variances.
    private static double VarianceOf(ReadOnlySpan<int> items, double[] covariance, int n)
    {
        var (total, variance) = (0.0, 0.0);
        foreach (var i in items) total += 1 / covariance[i * n + i];
        foreach (var i in items)
            foreach (var j in items)
                variance += covariance[i * n + j] / (covariance[i * n + i] * total) / (covariance[j * n + j] * total);
        return variance;
    }
}
