using Granary.Contracts.Jobs;
using Granary.Server.Jobs;

namespace Granary.Notifications;

/// <summary>Finds the jobs that have ended, each at least once, also over crashes of the process.</summary>
internal sealed class JobWatch(IJobService jobs, IOutboxStore store, TimeProvider clock)
{
    private const int NewestJobs = 100;
    private static readonly TimeSpan s_overlap = TimeSpan.FromMinutes(1);

    private readonly DateTimeOffset _first = clock.GetUtcNow() + s_overlap;
    private DateTimeOffset? _since;

    /// <summary>Reports the jobs that ended since the last call, and some that ended shortly before.</summary>
    /// <param name="ended">Stores what follows from the end of a job; an exception makes the next call report the job again.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public async Task ReadAsync(Action<JobStatus> ended, CancellationToken cancellationToken)
    {
        var since = _since ??= Begin();
        var page = await jobs.ListAsync(new JobQuery(NewestJobs), cancellationToken).ConfigureAwait(false);
        var newest = since;
        foreach (var job in page.Items.Where(j => j.FinishedAt >= since - s_overlap))
        {
            ended(job);
            if (job.FinishedAt > newest) newest = job.FinishedAt.Value;
        }
        if (newest <= since) return;
        store.Since = newest;
        _since = newest;
    }

    // The first start ignores jobs that have ended before. It is stored: a crash must not move it behind jobs that end meanwhile.
    private DateTimeOffset Begin()
    {
        if (store.Since is { } known) return known;
        store.Since = _first;
        return _first;
    }
}
