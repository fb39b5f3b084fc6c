namespace Granary.Simulation.RunFolders;

/// <summary>One of several attempts at a run. An earlier attempt may still be active on a machine that hung.</summary>
/// <param name="Number">Number of the attempt; greater than all earlier attempts.</param>
/// <param name="ConfirmAsync">Returns if the attempt is the newest one; throws if a later one has begun.</param>
internal sealed record RunAttempt(long Number, Func<CancellationToken, Task> ConfirmAsync);
