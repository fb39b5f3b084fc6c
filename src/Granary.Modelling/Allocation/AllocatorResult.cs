using Granary.Learning.Reinforcement.Evaluation;

namespace Granary.Modelling.Allocation;

/// <summary>What an allocator learned in each window, and how it did on the rows after it.</summary>
/// <param name="Windows">In the order of time.</param>
/// <param name="Growth">Interquartile mean of the log growth over the later windows, by method; the allocator is "ppo".</param>
/// <param name="Improvements">Over each baseline.</param>
/// <param name="StressedImprovements">The same with every cost doubled and every order one bar later.</param>
public sealed record AllocatorResult(
    IReadOnlyList<AllocatorWindow> Windows, IReadOnlyList<(string Method, InterquartileMean Growth)> Growth,
    IReadOnlyList<(string Baseline, ImprovementProbability Probability)> Improvements,
    IReadOnlyList<(string Baseline, ImprovementProbability Probability)> StressedImprovements)
{
    /// <summary>
    /// Whether the lower bound of the probability of improvement is above one half over every baseline, also with stressed costs.
    /// </summary>
    public bool IsPromoted => Improvements.Count > 0 && Improvements.Concat(StressedImprovements).All(i => i.Probability.Low > 0.5);
}

/// <summary>One training with the rows that it was tried on.</summary>
/// <param name="From">Begin of the training, UTC ticks.</param>
/// <param name="At">From when on the weights hold, UTC ticks.</param>
/// <param name="Strategies">Ids of the strategies, or names of the groups of a walk-forward.</param>
/// <param name="Chosen">The place of the seed with the best validation.</param>
/// <param name="Tests">By seed: log growth over the rows until the next window.</param>
/// <param name="Stressed">By seed: the same with stressed costs.</param>
/// <param name="Baselines">By baseline: name, log growth, and with stressed costs.</param>
public sealed record AllocatorWindow(long From, long At, IReadOnlyList<string> Strategies, IReadOnlyList<TrainedAllocator> Seeds,
    int Chosen,
    double[] Tests, double[] Stressed, IReadOnlyList<(string Name, double Growth, double Stressed)> Baselines)
{
    /// <summary>Begin of the validation, UTC ticks: rows before it were trained on.</summary>
    public required long Validated { get; init; }

    /// <summary>End of the test, UTC ticks.</summary>
    public required long To { get; init; }
}
