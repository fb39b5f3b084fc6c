using Granary.Reinforcement.Policies;
using Granary.Reinforcement.Training;

namespace Granary.Modelling.Allocation;

/// <summary>A trained policy for the weights of one window's strategies.</summary>
/// <param name="Digest">SHA-256 of the policy.</param>
/// <param name="Validation">Log growth on the validation rows, which follow the training.</param>
/// <param name="Curve">One point per update.</param>
internal sealed record TrainedAllocator(long Seed, TrainedPolicy Policy, string Digest, double Validation,
    IReadOnlyList<TrainingCurvePoint> Curve);
