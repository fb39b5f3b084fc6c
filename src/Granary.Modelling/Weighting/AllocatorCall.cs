namespace Granary.Modelling.Weighting;

/// <summary>Options for training the policies of a run.</summary>
/// <param name="Threads">Number of threads; it changes the duration but not the result.</param>
/// <param name="Progress">Receives every update; null for none.</param>
/// <param name="Checkpoints">Stores finished trainings; null stores none.</param>
internal sealed record AllocatorCall(int Threads, IProgress<AllocatorProgress>? Progress = null, AllocatorCheckpoints? Checkpoints = null);
