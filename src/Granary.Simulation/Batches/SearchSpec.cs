using Granary.Learning.Features;
using Granary.Learning.Gating;

namespace Granary.Simulation.Batches;

/// <summary>Search space and budget of an experiment. All combinations are candidates.</summary>
internal sealed record SearchSpec
{
    public required IReadOnlyList<TrainerSetting> Trainers { get; init; }

    public required IReadOnlyList<FeatureSet> FeatureSets { get; init; }

    /// <summary>Numbers of features that each fold selects; 0 = all.</summary>
    public required IReadOnlyList<int> Keeps { get; init; }

    /// <summary>Entry rules to try. All rules use the same fits.</summary>
    public required IReadOnlyList<EntryRule> Rules { get; init; }

    /// <summary>Maximum number of fits in the whole experiment.</summary>
    public int Budget { get; init; } = 500;

    /// <summary>Number of inner windows, within the training part of each outer window, in which candidates compete.</summary>
    public int Windows { get; init; } = 4;

    /// <summary>Maximum probability of promoting a model without an edge, over all models of the experiment.</summary>
    public double Level { get; init; } = 0.05;
}
