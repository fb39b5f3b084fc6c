using Granary.Contracts.Jobs;
using Orleans.Concurrency;

namespace Granary.Cluster.Batches;

/// <summary>
/// One run of a batch; the key is the run's id. It makes the reporting grain open the run, divides the feeds among the silos, starts
/// strategy groups, reschedules lost ones, and reports the status. Its answers are durable, and it survives its silo.
/// </summary>
[Alias("granary.IJobGrain")]
internal interface IJobGrain : IGrainWithStringKey
{
    /// <summary>Accepts the batch. The answer is durable; repeated orders change nothing.</summary>
    [Alias("Submit")]
    Task<SubmitAnswer> SubmitAsync(QueuedJob batch);

    /// <returns>The status; null for an unknown id.</returns>
    [AlwaysInterleave, Alias("Find")]
    Task<JobStatus?> FindAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns the status when its revision exceeds <paramref name="seen"/>, at the latest after a timer callback of the batch.
    /// </summary>
    [AlwaysInterleave, Alias("Watch")]
    Task<JobStatus?> WatchAsync(long seen, CancellationToken cancellationToken = default);

    /// <summary>Cancels the batch, if it has not ended.</summary>
    [Alias("Cancel")]
    Task<JobStatus?> CancelAsync();

    /// <summary>Queues a cancelled batch again; it continues from the strategies that had finished.</summary>
    /// <returns>null for an unknown batch; the unchanged status if the batch is not cancelled.</returns>
    [Alias("Resume")]
    Task<SubmitAnswer?> ResumeAsync();

    /// <summary>Removes a batch that has ended: its folder, its idempotency key, and the states of its grains.</summary>
    /// <param name="endedBefore">A batch that ended at this time or later stays.</param>
    /// <returns>Whether the call removed it.</returns>
    [Alias("Remove")]
    Task<bool> RemoveAsync(DateTimeOffset endedBefore);

    /// <summary>Stores that a strategy is stopped, so it does not begin again after a loss, and stops it where it runs.</summary>
    /// <returns>false if the batch does not run.</returns>
    [AlwaysInterleave, Alias("StopStrategy")]
    Task<bool> StopStrategyAsync(string strategy, string reason);

    /// <summary>Returns the input of the silos' plans; null for an unknown batch.</summary>
    [AlwaysInterleave, Alias("Define")]
    Task<RunDefinition?> DefineAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Notifies the grain of a change of the run, before the next timer callback. It also activates the grain after a loss.
    /// </summary>
    /// <returns>false if the run is over, so the caller can stop its work.</returns>
    [AlwaysInterleave, Alias("Poke")]
    Task<bool> PokeAsync();
}

/// <summary>Assigns an idempotency key to one run permanently; the grain's key is the submitter's.</summary>
[Alias("granary.IIdempotencyGrain")]
internal interface IIdempotencyGrain : IGrainWithStringKey
{
    /// <param name="run">The run of a new key.</param>
    /// <param name="hash">Hash of the batch's text and folder.</param>
    [Alias("Claim")]
    Task<KeyAnswer> ClaimAsync(string run, string hash);

    /// <summary>Releases the key if it belongs to the run, so it can be used again.</summary>
    [Alias("Release")]
    Task ReleaseAsync(string run);
}

/// <summary>
/// The list of a cluster's batches; one grain with the key <see cref="Key"/>. A few batches run at a time, in order of submission.
/// </summary>
[Alias("granary.IJobListGrain")]
internal interface IJobListGrain : IGrainWithStringKey
{
    const string Key = "batches";

    /// <param name="memory">Estimated bytes of memory of the run; 0 without an estimate.</param>
    /// <returns>false if too many batches wait.</returns>
    [Alias("Add")]
    Task<bool> AddAsync(string run, double memory);

    /// <summary>Returns whether the run may start.</summary>
    [Alias("MayStart")]
    Task<bool> MayStartAsync(string run, CancellationToken cancellationToken = default);

    [Alias("Ended")]
    Task EndedAsync(string run);

    /// <summary>Removes an ended batch from the list.</summary>
    [Alias("Remove")]
    Task RemoveAsync(string run);

    /// <summary>Returns the ids, newest first.</summary>
    [Alias("Newest")]
    Task<IReadOnlyList<string>> NewestAsync(int most, CancellationToken cancellationToken = default);

    /// <summary>Returns the ids of the batches that have not ended, oldest first.</summary>
    [Alias("Unfinished")]
    Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken cancellationToken = default);
}
