namespace Granary.Reinforcement.Training;

/// <summary>Figures of one update, for training curves.</summary>
public sealed record TrainingCurvePoint
{
    /// <summary>Steps of all environment copies so far.</summary>
    public required long Steps { get; init; }

    /// <summary>Mean total reward of the episodes that ended since the last update; NaN if none ended.</summary>
    public required double Reward { get; init; }

    /// <summary>Mean number of steps of these episodes; NaN if none ended.</summary>
    public required double Length { get; init; }

    public required double PolicyLoss { get; init; }

    public required double ValueLoss { get; init; }

    public required double Entropy { get; init; }

    public required double ApproxKl { get; init; }

    public required double ClipFraction { get; init; }

    /// <summary>1 − variance of (returns − values) / variance of returns.</summary>
    public required double ExplainedVariance { get; init; }

    public required double LearningRate { get; init; }
}
