namespace Granary.Engine.Analysis.Resampling;

/// <summary>How many paths are drawn, and which events are counted.</summary>
/// <param name="Paths">The largest number of paths, at least 1.</param>
/// <param name="Seed">Equal seeds give equal paths.</param>
/// <param name="Goal">The profit to reach, a fraction of the start; positive.</param>
/// <param name="Ruin">The loss that counts as ruin, a fraction of the start, between 0 and 1.</param>
/// <param name="Skip">The share of trades that <see cref="ResamplingMethod.Skipped"/> leaves out, from 0 to 1.</param>
internal sealed record ResamplingPlan(int Paths, ulong Seed = 1, double Goal = 1, double Ruin = 0.5, double Skip = 0.1)
{
    // Fewer paths have no quantiles.
    private const int LeastPaths = 200;

    /// <summary>The largest number of returns of all paths together: a long record has fewer paths, but 200.</summary>
    public long Steps { get; init; } = long.MaxValue;

    /// <summary>The number of paths of a record with so many returns.</summary>
    public int PathsOf(int returns) => (int)Math.Min(Paths, Math.Max(LeastPaths, Steps / Math.Max(1, returns)));

    /// <summary>The points of a fan, the start not counted.</summary>
    public const int FanPoints = 100;

    /// <summary>The quantiles of a fan and of the figures.</summary>
    public static IReadOnlyList<double> Quantiles { get; } = [0.05, 0.25, 0.5, 0.75, 0.95];

    /// <summary>The horizons of the probabilities of a loss, in months.</summary>
    public static IReadOnlyList<int> Months { get; } = [1, 3, 6, 12, 24, 36, 60, 120];

    /// <summary>The risks of ruin to which a position size is found.</summary>
    public static IReadOnlyList<double> Risks { get; } =
        [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
}
