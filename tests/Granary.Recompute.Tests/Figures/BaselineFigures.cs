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

    // The method of docs/allocation.md; a strategy without a variance has no weight.
    private static double[] MinimumVariance(IReadOnlyList<double[]> returns)
    {
        int[] held = [.. Enumerable.Range(0, returns.Count).Where(i => Covariance(returns[i], returns[i]) > Rounding)];
        if (held.Length == 0) return new double[returns.Count];
        var weights = AllocationFigures.MinimumVariance(
            AllocationFigures.Shrunk([.. held.Select(i => returns[i])]).Covariance, most: 1);
        return [.. Enumerable.Range(0, returns.Count).Select(i => Array.IndexOf(held, i) is var at && at >= 0 ? weights[at] : 0)];
    }
}
