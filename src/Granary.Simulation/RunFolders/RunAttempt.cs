namespace Granary.Simulation.RunFolders;

/// <summary>One of several attempts at a run, where an earlier one may still be under way on a machine that hung.</summary>
/// <param name="Number">Exceeds that of each earlier attempt.</param>
/// <param name="ConfirmAsync">Returns if the attempt is the newest one; throws if a later one has begun.</param>
public sealed record RunAttempt(long Number, Func<CancellationToken, Task> ConfirmAsync);
