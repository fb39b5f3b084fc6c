using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Simulation.RunFolders;

namespace Granary.Server.Jobs;

/// <summary>Accepts jobs, runs them, and reports their states. The in-process host and the cluster implement it.</summary>
internal interface IJobService
{
    /// <summary>Accepts a job durably: after a crash it is run again from its text.</summary>
    /// <exception cref="IdempotencyConflictException">The key was used with a different text.</exception>
    /// <exception cref="TooManyJobsException">The queue is full.</exception>
    /// <exception cref="InputException">The job cannot be run here. The message is one sentence.</exception>
    ValueTask<JobReceipt> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken = default);

    /// <returns>Null if the id is unknown.</returns>
    ValueTask<JobStatus?> FindAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Returns a page of the list of jobs, newest first.</summary>
    /// <exception cref="InputException">The cursor is not in the list.</exception>
    ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Returns the current status and each change, up to the end of the job. A slow reader misses statuses, but never the last. Empty if
    /// the id is unknown.
    /// </summary>
    IAsyncEnumerable<JobStatus> WatchAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Requests the cancellation of a job; a job that has ended is unchanged. Null if the id is unknown.</summary>
    ValueTask<JobStatus?> CancelAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Queues a cancelled job again, with its folder and id; it continues after the finished strategies. A job that was not cancelled is
    /// unchanged. Null if the id is unknown.
    /// </summary>
    /// <exception cref="TooManyJobsException">The queue is full.</exception>
    ValueTask<JobStatus?> ResumeAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Opens a file of a finished job; the caller disposes of it. Null if the job or file does not exist.</summary>
    ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default);
}
