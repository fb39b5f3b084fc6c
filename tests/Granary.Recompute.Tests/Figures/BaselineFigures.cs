namespace Granary.Recompute.Tests.Figures;

/// <summary>
/// Fixed weights from the weekly returns of the strategies' own accounts over some weeks. They add up to 1, or all are 0.
/// </summary>
internal static class BaselineFigures
{
    // The variance of returns that differ by the rounding of a quotient near 1 alone.
    private const double Rounding = 1e-22;

    /// <param name="returns">By strategy: its returns, week by week.</param>
    public static double[] Of(string name, IReadOnlyList<double[]> returns)
    {
        double[] raw = name switch
        {
            "equal" => [.. returns.Select(_ => 1.0)],
            "winners" => [.. returns.Select(r => r.Aggregate(1.0, (g, x) => g * (1 + x)) > 1 + 1e-12 ? 1.0 : 0)],
            "inverse-volatility" => [.. returns.Select(r => Covariance(r, r) is var v && v > Rounding ? 1 / Math.Sqrt(v) : 0)],
            "minimum-variance" => MinimumVariance(returns),
            _ => throw new ArgumentException($"there is no baseline {name}", nameof(name)),
        };
        return raw.Sum() is var sum && sum > 0 ? [.. raw.Select(w => w / sum)] : raw;
    }

    private static double Covariance(double[] a, double[] b)
    {
        var (x, y) = (a.Average(), b.Average());
        return a.Zip(b, (p, q) => (p - x) * (q - y)).Sum() / (a.Length - 1);
    }

    // Without shorts: the most negative weight leaves, and the rest is solved again. The diagonal has a tenth of the mean variance more.
    private static double[] MinimumVariance(IReadOnlyList<double[]> returns)
    {
        var held = Enumerable.Range(0, returns.Count).Where(i => Covariance(returns[i], returns[i]) > Rounding).ToList();
        while (held.Count > 0)
        {
            var more = 0.1 * held.Average(i => Covariance(returns[i], returns[i]));
            var system = held.Select((i, row) => held.Select((j, column) =>
                Covariance(returns[i], returns[j]) + (row == column ? more : 0)).Append(1.0).ToArray()).ToArray();
            var weights = Solve(system);
            if (weights.Min() >= 0)
                return [.. Enumerable.Range(0, returns.Count).Select(i => held.IndexOf(i) is var at && at >= 0 ? weights[at] : 0)];
            held.RemoveAt(Array.IndexOf(weights, weights.Min()));
        }
        return new double[returns.Count];
    }

    // Gauss and Jordan with pivots; the last column is the right side.
    private static double[] Solve(double[][] system)
    {
        var n = system.Length;
        for (var k = 0; k < n; k++)
        {
            var pivot = Enumerable.Range(k, n - k).MaxBy(r => Math.Abs(system[r][k]));
            (system[k], system[pivot]) = (system[pivot], system[k]);
            for (var r = 0; r < n; r++)
            {
                if (r == k) continue;
                var factor = system[r][k] / system[k][k];
                for (var c = k; c <= n; c++) system[r][c] -= factor * system[k][c];
            }
        }
        return [.. system.Select((row, k) => row[n] / row[k])];
    }
}
