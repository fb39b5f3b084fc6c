namespace Granary.Modelling.Weighting;

/// <summary>How the policies of a run are trained.</summary>
/// <param name="Threads">Change the time and nothing else.</param>
/// <param name="Progress">Is given every update; null for none.</param>
/// <param name="Checkpoints">Keeps finished trainings; null keeps none.</param>
public sealed record AllocatorCall(int Threads, IProgress<AllocatorProgress>? Progress = null, AllocatorCheckpoints? Checkpoints = null);
