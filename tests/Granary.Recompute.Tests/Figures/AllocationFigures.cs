namespace Granary.Recompute.Tests.Figures;

/// <summary>Weights by past returns, by the simplest algorithm for each method.</summary>
internal static class AllocationFigures
{
    /// <summary>Sample covariance that divides by the periods, shrunk by Ledoit and Wolf 2004, lemma 3.2 and theorem 3.2.</summary>
    public static (double[][] Covariance, double Shrinkage) Shrunk(double[][] returns)
    {
        var (n, periods) = (returns.Length, returns[0].Length);
        var sample = Covariance(returns, periods);
        var m = Enumerable.Range(0, n).Average(i => sample[i][i]);
        double Norm(Func<int, int, double> entry) =>
            Enumerable.Range(0, n).Sum(i => Enumerable.Range(0, n).Sum(j => entry(i, j) * entry(i, j))) / n;
        var d2 = Norm((i, j) => sample[i][j] - (i == j ? m : 0));
        var means = returns.Select(r => r.Average()).ToArray();
        var b2 = Math.Min(d2, Enumerable.Range(0, periods).Sum(t => Norm((i, j) =>
            (returns[i][t] - means[i]) * (returns[j][t] - means[j]) - sample[i][j])) / ((double)periods * periods));
        var share = b2 / d2;
        return ([.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n)
            .Select(j => (1 - share) * sample[i][j] + (i == j ? share * m : 0)).ToArray())], share);
    }

    public static double[][] Covariance(double[][] returns, double divisor)
    {
        var means = returns.Select(r => r.Average()).ToArray();
        return [.. returns.Select((a, i) => returns.Select((b, j) =>
            a.Zip(b, (x, y) => (x - means[i]) * (y - means[j])).Sum() / divisor).ToArray())];
    }

    /// <summary>Moves weight between each pair of assets to the best split, until nothing moves.</summary>
    public static double[] MinimumVariance(double[][] covariance, double most)
    {
        var n = covariance.Length;
        var weights = Enumerable.Repeat(1.0 / n, n).ToArray();
        for (var moved = 1.0; moved > 1e-15;)
        {
            moved = 0;
            for (var i = 0; i < n; i++)
                for (var j = 0; j < i; j++)
                {
                    var slope = Enumerable.Range(0, n).Sum(k => (covariance[i][k] - covariance[j][k]) * weights[k]);
                    var step = -slope / (covariance[i][i] + covariance[j][j] - 2 * covariance[i][j]);
                    step = Math.Min(step, Math.Min(most - weights[i], weights[j]));
                    step = Math.Max(step, -Math.Min(weights[i], most - weights[j]));
                    (weights[i], weights[j]) = (weights[i] + step, weights[j] - step);
                    moved = Math.Max(moved, Math.Abs(step));
                }
        }
        return weights;
    }

    /// <summary>Equal contributions by cyclical coordinate descent (Griveau-Billion, Richard and Roncalli 2013).</summary>
    public static double[] RiskParity(double[][] covariance)
    {
        var n = covariance.Length;
        var x = covariance.Select((row, i) => 1 / Math.Sqrt(row[i])).ToArray();
        for (var sweep = 0; sweep < 2000; sweep++)
            for (var i = 0; i < n; i++)
            {
                var others = Enumerable.Range(0, n).Where(j => j != i).Sum(j => covariance[i][j] * x[j]);
                x[i] = (-others + Math.Sqrt(others * others + 4 * covariance[i][i] / n)) / (2 * covariance[i][i]);
            }
        return [.. x.Select(v => v / x.Sum())];
    }

    /// <summary>López de Prado 2016: clusters are joined one by one, and the order of their leaves is halved.</summary>
    public static double[] HierarchicalRiskParity(double[][] covariance)
    {
        var n = covariance.Length;
        double Root(int i, int j) =>
            Math.Sqrt(Math.Max(0, 0.5 * (1 - covariance[i][j] / Math.Sqrt(covariance[i][i] * covariance[j][j]))));
        double Apart(int i, int j) => Math.Sqrt(Enumerable.Range(0, n).Sum(k => Math.Pow(Root(i, k) - Root(j, k), 2)));
        var clusters = Enumerable.Range(0, n).Select(i => (Number: i, Leaves: new List<int> { i })).ToList();
        for (var next = n; clusters.Count > 1; next++)
        {
            var (a, b) = clusters.SelectMany(x => clusters.Where(y => y.Number > x.Number), (x, y) => (x, y))
                .MinBy(p => p.x.Leaves.Min(i => p.y.Leaves.Min(j => Apart(i, j))));
            clusters.RemoveAll(c => c.Number == a.Number || c.Number == b.Number);
            clusters.Add((next, [.. a.Leaves, .. b.Leaves]));
        }
        var weights = Enumerable.Repeat(1.0, n).ToArray();
        double Variance(List<int> part)
        {
            var inverse = part.Select(i => 1 / covariance[i][i]).ToList();
            return part.Select((i, p) => part.Select((j, q) => inverse[p] * inverse[q] * covariance[i][j]).Sum()).Sum()
                / Math.Pow(inverse.Sum(), 2);
        }
        void Halve(List<int> part)
        {
            if (part.Count < 2) return;
            var (left, right) = (part.Take(part.Count / 2).ToList(), part.Skip(part.Count / 2).ToList());
            var (a, b) = (Variance(left), Variance(right));
            foreach (var i in left) weights[i] *= b / (a + b);
            foreach (var i in right) weights[i] *= a / (a + b);
            Halve(left);
            Halve(right);
        }
        Halve(clusters[0].Leaves);
        return weights;
    }
}
