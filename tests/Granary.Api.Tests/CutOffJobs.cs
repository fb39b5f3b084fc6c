using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Simulation.RunFolders;

namespace Granary.Api.Tests;

/// <summary>Never answers a submission, as a queue whose process ends meanwhile.</summary>
/// <param name="accepts">Whether the job is in the queue by then.</param>
internal sealed class CutOffJobs(IJobService jobs, bool accepts) : IJobService
{
    public bool WasReached { get; private set; }

    public async ValueTask<JobReceipt> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken = default)
    {
        if (accepts) await jobs.SubmitAsync(submission, cancellationToken);
        WasReached = true;
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException("it has ended");
    }

    public ValueTask<JobStatus?> FindAsync(string id, CancellationToken cancellationToken = default) =>
        jobs.FindAsync(id, cancellationToken);

    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default) =>
        jobs.ListAsync(query, cancellationToken);

    public IAsyncEnumerable<JobStatus> WatchAsync(string id, CancellationToken cancellationToken = default) =>
        jobs.WatchAsync(id, cancellationToken);

    public ValueTask<JobStatus?> CancelAsync(string id, CancellationToken cancellationToken = default) =>
        jobs.CancelAsync(id, cancellationToken);

    public ValueTask<JobStatus?> ResumeAsync(string id, CancellationToken cancellationToken = default) =>
        jobs.ResumeAsync(id, cancellationToken);

    public ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        jobs.OpenFileAsync(id, name, cancellationToken);
}
