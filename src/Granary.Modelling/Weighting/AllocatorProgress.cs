using Granary.Reinforcement.Training;

namespace Granary.Modelling.Weighting;

/// <summary>Progress of a batch's allocator training.</summary>
/// <param name="Window">Index of the window, from 1.</param>
/// <param name="Windows">Number of windows of the batch.</param>
/// <param name="IsLast">Whether the training ends with this update.</param>
internal sealed record AllocatorProgress(int Window, int Windows, long Seed, bool IsLast, TrainingCurvePoint Point);
