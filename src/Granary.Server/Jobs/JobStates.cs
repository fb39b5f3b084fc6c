using Granary.Contracts.Jobs;

namespace Granary.Server.Jobs;

/// <summary>Changes the states of jobs. A state is stored before a caller sees it, so no crash takes back what was shown.</summary>
internal sealed class JobStates(JobTable table, JobFolders folders)
{
    /// <summary>Stores and then shows the next status of a job. If the write fails, the shown status is unchanged.</summary>
    /// <param name="change">Returns the next status, or the same one for no change. Other changes wait.</param>
    /// <param name="stored">Called when the next status is stored and not yet shown.</param>
    /// <returns>The shown status.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write the job's folder.</exception>
    public async Task<JobStatus> ChangeAsync(JobEntry entry, Func<JobStatus, JobStatus> change, Action? stored = null)
    {
        await entry.Turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var before = entry.Status;
            var next = change(before);
            if (ReferenceEquals(next, before)) return next;
            await folders.SaveAsync(entry.Id, next with { Revision = before.Revision + 1 }).ConfigureAwait(false);
            stored?.Invoke();
            return table.Change(entry, _ => next);
        }
        finally
        {
            entry.Turn.Release();
        }
    }

    /// <summary>Stores and shows the end of a job as soon as the disk allows it.</summary>
    /// <param name="end">Returns the status with the end.</param>
    /// <returns>False if the process stops before; the next start then runs the job again.</returns>
    public async Task<bool> EndAsync(JobEntry entry, Func<JobStatus, JobStatus> end, CancellationToken stopping)
    {
        JobStatus Ended(JobStatus status) => status.Ended ? status : end(status);
        if (!await folders.WhenPossibleAsync(entry.Id, () => ChangeAsync(entry, Ended), stopping).ConfigureAwait(false)) return false;
        // A job that was removed with its folder has its end in memory alone.
        table.Change(entry, Ended);
        return true;
    }
}
