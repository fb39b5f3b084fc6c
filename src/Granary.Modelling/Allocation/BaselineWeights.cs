using Granary.Engine.Analysis;
using Granary.Engine.Numerics;

namespace Granary.Modelling.Allocation;

/// <summary>Computes baseline weights from the strategies' equity over a training window. An allocator must beat them.</summary>
internal static class BaselineWeights
{
    /// <summary>Names of the baselines, in the order of the tables.</summary>
    public static IReadOnlyList<string> Names { get; } = ["equal", "winners", "inverse-volatility", "minimum-variance"];

    /// <summary>The baseline that buys every market at the start and holds it.</summary>
    public const string Hold = "hold";

    /// <param name="traces">Equity by strategy.</param>
    /// <param name="from">The first period.</param>
    /// <param name="to">The period after the last.</param>
    /// <returns>Weights by strategy. Their sum is 1, or 0 if the rule chooses none.</returns>
    public static double[] Of(string name, IReadOnlyList<EquityTrace> traces, long from, long to)
    {
        var n = traces.Count;
        var returns = traces.Select(t => t.Returns(from, to)).ToArray();
        double[] raw = name switch
        {
            "equal" => [.. Enumerable.Repeat(1.0, n)],
            "winners" => [.. traces.Select(t => t.EquityAt(to - 1) > t.EquityAt(from - 1) ? 1.0 : 0)],
            "inverse-volatility" => [.. returns.Select(r => Variance(r) is var v && v > 0 ? 1 / Math.Sqrt(v) : 0)],
            _ => MinimumVariance(returns),
        };
        var sum = raw.Sum();
        return sum > 0 ? [.. raw.Select(w => w / sum)] : raw;
    }

    private static double Variance(double[] values) =>
        Covariance(values, values) is var variance && Variation.IsNoneSquared(variance, Variation.OfReturns) ? 0 : variance;

    private static double Covariance(double[] a, double[] b)
    {
        var (meanA, meanB) = (Dense.Sum(a) / a.Length, Dense.Sum(b) / b.Length);
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += (a[i] - meanA) * (b[i] - meanB);
        return a.Length > 1 ? sum / (a.Length - 1) : 0;
    }

    // Σ⁻¹·1 without shorts: strategies with negative weights are removed one by one. A tenth of the mean variance is added to the diagonal,
    // so that a small number of periods does not dominate.
    private static double[] MinimumVariance(double[][] returns)
    {
        var weights = new double[returns.Length];
        var held = Enumerable.Range(0, returns.Length).Where(i => Variance(returns[i]) > 0).ToList();
        while (held.Count > 0)
        {
            var n = held.Count;
            var matrix = new double[n * n];
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++)
                    matrix[i * n + j] = Covariance(returns[held[i]], returns[held[j]]);
            var ridge = 0.1 * Enumerable.Range(0, n).Average(i => matrix[i * n + i]);
            for (var i = 0; i < n; i++) matrix[i * n + i] += ridge;
            var solution = new double[n];
            Array.Fill(solution, 1);
            Cholesky.Solve(matrix, solution);
            var least = Array.IndexOf(solution, solution.Min());
            if (solution[least] >= 0)
            {
                for (var i = 0; i < n; i++) weights[held[i]] = solution[i];
                break;
            }
            held.RemoveAt(least);
        }
        return weights;
    }
}
