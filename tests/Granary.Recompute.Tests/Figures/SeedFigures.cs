namespace Granary.Recompute.Tests.Figures;

/// <summary>Figures over windows and seeds: the interquartile mean and the probability of improvement, each with its bootstrap
/// interval.</summary>
internal static class SeedFigures
{
    private const int Samples = 4000;

    /// <summary>Scores by window.</summary>
    public static (double Value, double Low, double High) InterquartileMean(IReadOnlyList<double[]> windows)
    {
        var random = new Random(7);
        return Interval(Middle(windows.SelectMany(w => w)), () =>
            Middle(windows.SelectMany(w => w.Select(_ => w[random.Next(w.Length)]))));
    }

    /// <summary>Windows are drawn again, and in each the runs: those of a window share its market.</summary>
    public static (double Value, double Low, double High) Improvement(IReadOnlyList<(double[] Policy, double Baseline)> windows)
    {
        var random = new Random(8);
        return Interval(windows.Average(w => Wins(w.Policy, w.Baseline)), () => windows.Select(_ => windows[random.Next(windows.Count)])
            .Average(w => Wins([.. w.Policy.Select(_ => w.Policy[random.Next(w.Policy.Length)])], w.Baseline)));
    }

    private static double Wins(double[] policy, double baseline) =>
        policy.Average(p => p > baseline ? 1 : p == baseline ? 0.5 : 0);

    // Scores between the quartiles of the sorted scores; those at the edges in part.
    private static double Middle(IEnumerable<double> scores)
    {
        double[] sorted = [.. scores.Order()];
        var (low, high) = (sorted.Length / 4.0, sorted.Length * 3 / 4.0);
        return sorted.Select((x, i) => x * Math.Max(0, Math.Min(i + 1, high) - Math.Max(i, low))).Sum() / (high - low);
    }

    private static (double Value, double Low, double High) Interval(double value, Func<double> draw)
    {
        double[] drawn = [.. Enumerable.Range(0, Samples).Select(_ => draw()).Order()];
        return (value, drawn[(int)(0.025 * Samples)], drawn[(int)(0.975 * Samples)]);
    }
}
