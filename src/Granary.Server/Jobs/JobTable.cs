using System.Runtime.CompilerServices;
using Granary.Contracts.Jobs;

namespace Granary.Server.Jobs;

/// <summary>The jobs of a process in memory: their statuses, which callers list and watch. Thread-safe.</summary>
internal sealed class JobTable(TimeProvider clock, int mostWaiting)
{
    /// <summary>
    /// The minimum time between two statuses for a watcher, who receives the newest. The host may report progress at any frequency.
    /// </summary>
    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, JobEntry> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobEntry> _byKey = new(StringComparer.Ordinal);

    public void Add(JobEntry entry)
    {
        lock (_gate)
        {
            _byId.Add(entry.Id, entry);
            if (entry.IdempotencyKey is { } key) _byKey[key] = entry;
        }
    }

    public JobEntry? Find(string id)
    {
        lock (_gate) return _byId.GetValueOrDefault(id);
    }

    /// <summary>Returns the job that was submitted with an idempotency key.</summary>
    public JobEntry? WithKey(string? key)
    {
        lock (_gate) return key is null ? null : _byKey.GetValueOrDefault(key);
    }

    /// <summary>The jobs that have not ended, in order of submission.</summary>
    public IReadOnlyList<JobEntry> Unfinished
    {
        get
        {
            lock (_gate)
                return [.. _byId.Values.Where(e => !e.Status.Ended).OrderBy(e => e.Status.SubmittedAt)
                    .ThenBy(e => e.Id, StringComparer.Ordinal)];
        }
    }

    public JobPage List(JobQuery query)
    {
        lock (_gate)
            return query.Of(_byId.Values.Select(e => e.Status).OrderByDescending(s => s.SubmittedAt)
                .ThenBy(s => s.Id, StringComparer.Ordinal));
    }

    /// <exception cref="TooManyJobsException">Too many jobs wait.</exception>
    public void CheckRoom()
    {
        lock (_gate)
            if (_byId.Values.Count(e => e.Status.State == JobState.Queued) >= mostWaiting) throw new TooManyJobsException(mostWaiting);
    }

    /// <summary>Changes a status and notifies its watchers. No other code changes one.</summary>
    /// <param name="change">Returns the next status, or the same one for no change. Called under the table's lock.</param>
    public JobStatus Change(JobEntry entry, Func<JobStatus, JobStatus> change)
    {
        TaskCompletionSource woken;
        JobStatus next;
        lock (_gate)
        {
            var before = entry.Status;
            next = change(before);
            if (ReferenceEquals(next, before)) return next;
            next = next with { Revision = before.Revision + 1 };
            woken = entry.Changed;
            (entry.Status, entry.Changed) = (next, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        woken.SetResult();
        return next;
    }

    /// <summary>Returns the statuses of a job until it ends; nothing for an unknown job.</summary>
    public async IAsyncEnumerable<JobStatus> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Find(id) is not { } entry) yield break;
        for (long seen = 0; ;)
        {
            JobStatus status;
            Task changed;
            lock (_gate) (status, changed) = (entry.Status, entry.Changed.Task);
            if (status.Revision > seen)
            {
                seen = status.Revision;
                yield return status;
                if (status.Ended) yield break;
            }
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            await Task.Delay(WatchEvery, clock, cancellationToken).ConfigureAwait(false);
        }
    }
}
