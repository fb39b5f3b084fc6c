namespace Granary.Learning.Reinforcement.Training;

/// <summary>Figures of one optimiser step, from before it.</summary>
/// <param name="ApproxKl">Mean of (ratio − 1) − ln ratio: how far the policy is from that of the samples.</param>
/// <param name="ClipFraction">Share of the samples whose ratio is beyond the clip.</param>
/// <param name="GradientNorm">Over all parameters, before it is limited.</param>
public readonly record struct MinibatchResult(
    double PolicyLoss, double ValueLoss, double Entropy, double ApproxKl, double ClipFraction, double GradientNorm);
