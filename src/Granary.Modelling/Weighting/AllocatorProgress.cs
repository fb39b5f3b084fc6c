using Granary.Learning.Reinforcement.Training;

namespace Granary.Modelling.Weighting;

/// <summary>Where the training of a batch's allocators is.</summary>
/// <param name="Window">From 1.</param>
/// <param name="Windows">Of the batch.</param>
/// <param name="IsLast">Whether the training ends with this update.</param>
public sealed record AllocatorProgress(int Window, int Windows, long Seed, bool IsLast, TrainingCurvePoint Point);
