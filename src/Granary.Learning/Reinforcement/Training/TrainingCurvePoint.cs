namespace Granary.Learning.Reinforcement.Training;

/// <summary>Figures of one update, for curves.</summary>
/// <param name="Steps">Of all copies of the environment so far.</param>
/// <param name="Reward">Mean sum of rewards of the episodes that ended since the last update; NaN where none ended.</param>
/// <param name="Length">Mean steps of these episodes; NaN where none ended.</param>
/// <param name="ExplainedVariance">1 − variance of (returns − values) / variance of returns.</param>
public sealed record TrainingCurvePoint(long Steps, double Reward, double Length, double PolicyLoss, double ValueLoss, double Entropy,
    double ApproxKl, double ClipFraction, double ExplainedVariance, double LearningRate);
