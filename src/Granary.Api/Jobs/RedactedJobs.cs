using Granary.Api.Problems;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Simulation.RunFolders;

namespace Granary.Api.Jobs;

/// <summary>The jobs of the server, as callers see them: faults do not reveal the paths of its folders.</summary>
internal sealed class RedactedJobs(IJobService jobs, ServerPaths paths) : IJobService
{
    /// <inheritdoc/>
    public ValueTask<JobReceipt> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken = default) =>
        jobs.SubmitAsync(submission, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<JobStatus?> FindAsync(string id, CancellationToken cancellationToken = default) =>
        Shown(await jobs.FindAsync(id, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        var page = await jobs.ListAsync(query, cancellationToken).ConfigureAwait(false);
        return page with { Items = [.. page.Items.Select(j => Shown(j)!)] };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JobStatus> WatchAsync(string id,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var status in jobs.WatchAsync(id, cancellationToken).ConfigureAwait(false)) yield return Shown(status)!;
    }

    /// <inheritdoc/>
    public async ValueTask<JobStatus?> CancelAsync(string id, CancellationToken cancellationToken = default) =>
        Shown(await jobs.CancelAsync(id, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async ValueTask<JobStatus?> ResumeAsync(string id, CancellationToken cancellationToken = default) =>
        Shown(await jobs.ResumeAsync(id, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        jobs.OpenFileAsync(id, name, cancellationToken);

    private JobStatus? Shown(JobStatus? status) =>
        status is { Fault: { } fault } ? status with { Fault = paths.Shown(fault) } : status;
}
