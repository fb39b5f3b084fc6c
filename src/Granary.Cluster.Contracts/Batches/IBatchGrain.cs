using Granary.Application.Submissions;
using Orleans.Concurrency;

namespace Granary.Cluster.Batches;

/// <summary>
/// One run of a batch; the key is the run's id. Sees it through: has the reporting grain open it, cuts its feeds among the silos, starts them in
/// waves, drives again what was lost, tells how it stands. What it answers is durable; it survives its own silo.
/// </summary>
[Alias("granary.IBatchGrain")]
public interface IBatchGrain : IGrainWithStringKey
{
    /// <summary>Takes the batch on. Answered means durable; the same order again changes nothing.</summary>
    [Alias("Submit")]
    Task<SubmitAnswer> SubmitAsync(BatchOrder order);

    /// <returns>null where no batch of this id was submitted.</returns>
    [AlwaysInterleave, Alias("Find")]
    Task<BatchStatus?> FindAsync();

    /// <summary>The status as soon as its revision is above <paramref name="seen"/>; as it is after a tick of the batch.</summary>
    [AlwaysInterleave, Alias("Watch")]
    Task<BatchStatus?> WatchAsync(long seen);

    /// <summary>Ends the batch early; one that has ended stays as it is.</summary>
    [Alias("Cancel")]
    Task<BatchStatus?> CancelAsync();

    /// <summary>What silos make their plan from; null where there is no such batch.</summary>
    [AlwaysInterleave, Alias("Define")]
    Task<RunDefinition?> DefineAsync();

    /// <summary>Says that there is news of the run: look now rather than at the next tick. Also wakes the grain after its silo was lost.</summary>
    /// <returns>false where the run is over, and whoever works for it can stop.</returns>
    [AlwaysInterleave, Alias("Poke")]
    Task<bool> PokeAsync();
}

/// <summary>Gives an idempotency key to one run for good; the key is the submitter's.</summary>
[Alias("granary.IIdempotencyGrain")]
public interface IIdempotencyGrain : IGrainWithStringKey
{
    /// <param name="run">The run that the key shall stand for, if it is new.</param>
    /// <param name="hash">Of the batch's text and folder.</param>
    [Alias("Claim")]
    Task<KeyAnswer> ClaimAsync(string run, string hash);
}

/// <summary>The list of a cluster's batches; one grain, of the key <see cref="Key"/>. Lets a few run at a time, in the order of their submission.</summary>
[Alias("granary.IBatchListGrain")]
public interface IBatchListGrain : IGrainWithStringKey
{
    const string Key = "batches";

    /// <returns>false where too many are waiting already.</returns>
    [Alias("Add")]
    Task<bool> AddAsync(string run);

    /// <summary>Whether it is the run's turn.</summary>
    [Alias("MayStart")]
    Task<bool> MayStartAsync(string run);

    [Alias("Ended")]
    Task EndedAsync(string run);

    /// <summary>Ids, newest first.</summary>
    [Alias("Newest")]
    Task<IReadOnlyList<string>> NewestAsync(int most);
}
