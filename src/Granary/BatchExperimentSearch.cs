namespace Granary;

/// <summary>The keys of a batch's <c>learning.experiment.search</c>.</summary>
public sealed record BatchExperimentSearch
{
    /// <summary>The key <c>trainers</c>.</summary>
    public IReadOnlyList<BatchTrainer>? Trainers { get; init; }

    /// <summary>The key <c>features</c>.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Features { get; init; }

    /// <summary>The key <c>select</c>.</summary>
    public IReadOnlyList<int>? Select { get; init; }

    /// <summary>The key <c>apply</c>.</summary>
    public IReadOnlyList<BatchApply>? Apply { get; init; }

    /// <summary>Most fits of models.</summary>
    public int? Budget { get; init; }

    /// <summary>Inner windows.</summary>
    public int? Windows { get; init; }

    /// <summary>The key <c>level</c>.</summary>
    public double? Level { get; init; }
}
