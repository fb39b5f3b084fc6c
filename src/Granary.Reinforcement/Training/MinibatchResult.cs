namespace Granary.Reinforcement.Training;

/// <summary>Figures of one optimiser step, computed before the step.</summary>
/// <param name="ApproxKl">Mean of (ratio − 1) − ln ratio: the divergence from the policy that drew the samples.</param>
/// <param name="ClipFraction">Share of the samples with a clipped ratio.</param>
/// <param name="GradientNorm">Norm over all parameters before clipping.</param>
internal readonly record struct MinibatchResult(
    double PolicyLoss, double ValueLoss, double Entropy, double ApproxKl, double ClipFraction, double GradientNorm);
