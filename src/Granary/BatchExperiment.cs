namespace Granary;

/// <summary>The keys of a batch's <c>learning.experiment</c>.</summary>
public sealed record BatchExperiment
{
    /// <summary>The key <c>trainers</c>.</summary>
    public IReadOnlyList<string>? Trainers { get; init; }

    /// <summary>
    /// <c>prediction</c>, <c>log-loss</c>, <c>auc</c>, <c>precision</c>, <c>expectancy</c>, <c>sharpe</c>, <c>sortino</c>.
    /// </summary>
    public string? Fitness { get; init; }

    /// <summary>The key <c>labels</c>.</summary>
    public IReadOnlyList<BatchLabel>? Labels { get; init; }

    /// <summary>Precision: the share of samples with the highest predictions.</summary>
    public double? Top { get; init; }

    /// <summary>The key <c>search</c>.</summary>
    public BatchExperimentSearch? Search { get; init; }
}
