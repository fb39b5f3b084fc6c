using Granary.Contracts.Jobs;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Server.Jobs;

/// <summary>Takes jobs, runs them, and tells how they stand. The in-process host and the cluster both serve it.</summary>
public interface IJobService
{
    /// <summary>Accepts a job. Answered means durable: after a crash it is run again from its text.</summary>
    /// <exception cref="IdempotencyConflictException">The key is known for another text.</exception>
    /// <exception cref="TooManyJobsException">The queue is full.</exception>
    /// <exception cref="InputException">The job cannot be run here: one sentence.</exception>
    ValueTask<JobReceipt> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken = default);

    /// <returns>null where the id is not known.</returns>
    ValueTask<JobStatus?> FindAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>A page of the list of jobs, the newest first.</summary>
    /// <exception cref="InputException">The cursor is not in the list.</exception>
    ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// The status now and after each change, ending with the one that ended the job. A slow reader skips statuses, never the last. Empty
    /// where the id is not known.
    /// </summary>
    IAsyncEnumerable<JobStatus> WatchAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Asks for the end of a job; one that has ended stays as it is. null where the id is not known.</summary>
    ValueTask<JobStatus?> CancelAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Queues a cancelled job again, in its folder and with its id: it continues from the strategies that had finished. One that was not
    /// cancelled stays as it is. null where the id is not known.
    /// </summary>
    /// <exception cref="TooManyJobsException">The queue is full.</exception>
    ValueTask<JobStatus?> ResumeAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Opens a file of a job that is done; the caller disposes of it. null where there is no such job or file.</summary>
    ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default);
}
