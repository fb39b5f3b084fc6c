using Granary.Learning.Features;
using Granary.Learning.Gating;

namespace Granary.Simulation.Batches;

/// <summary>What an experiment searches, and within which budget. All combinations are candidates.</summary>
public sealed record SearchSpec
{
    public required IReadOnlyList<TrainerSetting> Trainers { get; init; }

    public required IReadOnlyList<FeatureSet> FeatureSets { get; init; }

    /// <summary>How many features are chosen within each fold; 0 = all.</summary>
    public required IReadOnlyList<int> Keeps { get; init; }

    /// <summary>What is done with a prediction; all use the same fits.</summary>
    public required IReadOnlyList<EntryRule> Rules { get; init; }

    /// <summary>Most fits of models of the whole experiment.</summary>
    public int Budget { get; init; } = 500;

    /// <summary>Inner windows in which candidates compete, within the training part of each outer window.</summary>
    public int Windows { get; init; } = 4;

    /// <summary>The largest probability that a model without an edge is promoted, over all models of the experiment.</summary>
    public double Level { get; init; } = 0.05;
}
