namespace Granary.Reinforcement.Training;

/// <summary>Figures of one update, for training curves.</summary>
/// <param name="Steps">Steps of all environment copies so far.</param>
/// <param name="Reward">Mean total reward of the episodes that ended since the last update; NaN if none ended.</param>
/// <param name="Length">Mean number of steps of these episodes; NaN if none ended.</param>
/// <param name="ExplainedVariance">1 − variance of (returns − values) / variance of returns.</param>
public sealed record TrainingCurvePoint(long Steps, double Reward, double Length, double PolicyLoss, double ValueLoss, double Entropy,
    double ApproxKl, double ClipFraction, double ExplainedVariance, double LearningRate);
