using Granary.Reinforcement.Evaluation;

namespace Granary.Modelling.Allocation;

/// <summary>Results of an allocator: the trainings of each window and their log growth on the rows after the window.</summary>
/// <param name="Windows">Windows in chronological order.</param>
/// <param name="Growth">Interquartile mean of the log growth over the test rows, by method; the allocator is "ppo".</param>
/// <param name="Improvements">Probability of improvement over each baseline.</param>
/// <param name="StressedImprovements">The same with all costs doubled and every order delayed by one bar.</param>
internal sealed record AllocatorResult(
    IReadOnlyList<AllocatorWindow> Windows, IReadOnlyList<(string Method, InterquartileMean Growth)> Growth,
    IReadOnlyList<(string Baseline, ImprovementProbability Probability)> Improvements,
    IReadOnlyList<(string Baseline, ImprovementProbability Probability)> StressedImprovements)
{
    /// <summary>
    /// Whether the lower bound of the probability of improvement exceeds 0.5 over every baseline, at normal and at stressed costs.
    /// </summary>
    public bool IsPromoted => Improvements.Count > 0 && Improvements.Concat(StressedImprovements).All(i => i.Probability.Low > 0.5);
}

/// <summary>One training window of an allocator with the test on the rows after it.</summary>
/// <param name="From">Start of the training, UTC ticks.</param>
/// <param name="At">Time from which the weights apply, UTC ticks.</param>
/// <param name="Strategies">Ids of the strategies, or names of the groups of a walk-forward.</param>
/// <param name="Chosen">Index of the seed with the best validation.</param>
/// <param name="Tests">By seed: log growth on the rows until the next window.</param>
/// <param name="Stressed">By seed: the same with stressed costs.</param>
/// <param name="Baselines">By baseline: name, log growth, and log growth with stressed costs.</param>
internal sealed record AllocatorWindow(long From, long At, IReadOnlyList<string> Strategies, IReadOnlyList<TrainedAllocator> Seeds,
    int Chosen,
    double[] Tests, double[] Stressed, IReadOnlyList<(string Name, double Growth, double Stressed)> Baselines)
{
    /// <summary>Start of the validation, UTC ticks. Earlier rows of the window are training rows.</summary>
    public required long Validated { get; init; }

    /// <summary>End of the test, UTC ticks.</summary>
    public required long To { get; init; }
}
