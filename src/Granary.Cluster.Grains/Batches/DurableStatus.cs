using Granary.Contracts.Jobs;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Batches;

/// <summary>
/// The status of a job and the record that it is stored in. A new state is stored before callers see it; the bars of its progress are not.
/// Writes are sequential. A write fails if another activation has written since.
/// </summary>
internal sealed class DurableStatus(IPersistentState<BatchRecord> state, TimeProvider clock)
{
    /// <summary>Longest time without a check of the stored record; shorter than the time after which a silo is declared dead.</summary>
    public static readonly TimeSpan Stall = TimeSpan.FromSeconds(1);

    private Task _writing = Task.CompletedTask;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // Null if the next check of the record must write it.
    private long? _writtenAt;

    public BatchRecord Record => state.State;

    /// <summary>The status that callers see; null for an unknown job.</summary>
    public JobStatus? Current { get; private set; }

    /// <summary>Whether the job is known and has not ended.</summary>
    public bool IsOpen => Current is { Ended: false };

    /// <summary>Takes the stored status at the activation of the grain. The caller then writes the record.</summary>
    public void Read()
    {
        if (Record.Status is not { } status) return;
        // Callers may have seen revisions that were not stored, also that of an end. The next revision must exceed all of them. That of an
        // open job is stored, so that the next activation exceeds those of this one.
        Current = status with { Revision = status.Revision + 1_000_000 };
        if (IsOpen) Record.Status = Current;
    }

    /// <summary>Stores the record with this status; without a status, as it is. Callers see the status after <see cref="Show"/>.</summary>
    public Task WriteAsync(JobStatus? status = null)
    {
        return _writing = After(_writing);
        async Task After(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            Record.Status = status ?? Record.Status;
            await state.WriteStateAsync();
            _writtenAt = clock.GetTimestamp();
        }
    }

    /// <summary>
    /// Writes the record if the last write is not recent. A silo that was suspended continues in the middle of a call: if another silo took
    /// over the job meanwhile, the write fails.
    /// </summary>
    public async Task ConfirmAsync()
    {
        if (_writtenAt is not { } at || clock.GetElapsedTime(at) > Stall) await WriteAsync();
        _writtenAt = clock.GetTimestamp();
    }

    /// <summary>Makes the next <see cref="ConfirmAsync"/> write.</summary>
    public void Doubt() => _writtenAt = null;

    /// <summary>Shows callers the next status.</summary>
    public void Show(JobStatus next)
    {
        Current = next;
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }

    /// <summary>Returns the status when its revision exceeds <paramref name="seen"/>, or after <paramref name="longest"/>.</summary>
    public async Task<JobStatus?> WatchAsync(long seen, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (Current is { } now && now.Revision <= seen && !now.Ended)
            await Task.WhenAny(_changed.Task, Task.Delay(longest, clock, cancellationToken));
        return Current;
    }

    /// <summary>Removes the record; the job is unknown then.</summary>
    public async Task ClearAsync()
    {
        await state.ClearStateAsync();
        Current = null;
    }
}
