namespace Granary;

/// <summary>The keys of a batch's <c>portfolio.allocator</c>.</summary>
public sealed record BatchAllocator
{
    /// <summary>Steps of the environment for each seed and training; default <c>30000</c>.</summary>
    public int? Steps { get; init; }

    /// <summary>Trainings per window, each with another random seed; default <c>10</c>.</summary>
    public int? Seeds { get; init; }

    /// <summary>Rows in an episode; default <c>250</c>.</summary>
    public int? Episode { get; init; }

    /// <summary>Share of a window's rows that trains; the other rows select the best seed; default <c>0.75</c>.</summary>
    public double? TrainingShare { get; init; }

    /// <summary>Log-growth, or differential-sharpe (the differential Sharpe ratio); default <c>log-growth</c>.</summary>
    public string? Reward { get; init; }

    /// <summary>Subtracted from the reward per unit of drawdown growth; default <c>0.1</c>.</summary>
    public double? DrawdownPenalty { get; init; }

    /// <summary>
    /// Weights stay unchanged if the sum of their changes would not exceed this share of the equity; default <c>0.05</c>.
    /// </summary>
    public double? Band { get; init; }

    /// <summary>Folder or database of the registry of models.</summary>
    public string? Registry { get; init; }

    /// <summary>Says how often a live session looks for a newer promoted version of the policy.</summary>
    public string? Refresh { get; init; }
}
