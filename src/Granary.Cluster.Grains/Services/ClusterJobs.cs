using System.Runtime.CompilerServices;
using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Telemetry;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Services;

/// <summary>Job service of a silo's HTTP API: submits jobs to the cluster, and shows, follows, cancels and resumes them.</summary>
/// <param name="grains">The grain factory of a silo or a cluster client.</param>
/// <param name="timeout">Time without an answer before <see cref="ServiceUnavailableException"/>, over lost silos; null = 30 s.</param>
/// <param name="refusal">Why jobs are refused now, one sentence, with <see cref="ServiceUnavailableException"/>; null = never.</param>
/// <param name="ids">Makes the last letters of the ids of jobs; null = random ones.</param>
internal sealed class ClusterJobs(IGrainFactory grains, TimeProvider clock, TimeSpan? timeout = null, Func<string?>? refusal = null,
    GrainIds? ids = null) : IJobService
{
    private const int FilePartLength = 512 << 10;

    private IJobListGrain List => grains.GetGrain<IJobListGrain>(IJobListGrain.Key);

    private IJobGrain Batch(string id) => grains.GetGrain<IJobGrain>(id);

    /// <inheritdoc/>
    public async ValueTask<JobReceipt> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken = default)
    {
        ServiceUnavailableException.ThrowIfRefused(refusal?.Invoke());
        var (job, text) = (submission.Job, submission.Job.Text);
        var now = clock.GetUtcNow();
        var id = ids is null ? JobId.New(job.Name, now) : JobId.New(job.Name, now, ids.Next().ToString("N")[..4]);
        if (submission.ScopedKey is { } key)
        {
            var hash = RunFolder.HashOf(Convert.ToBase64String(text.Body), text.Folder);
            var claim = await GrainCalls.TryAsync(_ => grains.GetGrain<IIdempotencyGrain>(key).ClaimAsync(id, hash), cancellationToken,
                timeout, clock).ConfigureAwait(false);
            if (!claim.SameText) throw new IdempotencyConflictException(submission.IdempotencyKey!, claim.Run);
            // If a submission was interrupted between the key and the batch, this submits the same id again.
            id = claim.Run;
        }
        var order = new QueuedJob(id, job.Name, text.Body, text.File, text.Folder, submission.SubmittedBy, now, submission.ScopedKey,
            text.Kind, job.Work, [.. job.Runs], [.. job.Code()], job.Memory);
        var answer = await GrainCalls.TryAsync(_ => Batch(id).SubmitAsync(order), cancellationToken, timeout, clock).ConfigureAwait(false);
        return answer.Status is { } status ? new JobReceipt(status, answer.Created)
            : throw new TooManyJobsException(answer.Waiting);
    }

    /// <inheritdoc/>
    public async ValueTask<JobStatus?> FindAsync(string id, CancellationToken cancellationToken = default) =>
        !JobId.IsWellFormed(id) ? null
            : await GrainCalls.TryAsync(Batch(id).FindAsync, cancellationToken, timeout, clock).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        // Only the grains of the listed batches are called: those of batches that ended long ago stay inactive.
        var known = query is { Cursor: null, State: JobState.Queued or JobState.Running }
            ? [.. (await GrainCalls.TryAsync(List.UnfinishedAsync, cancellationToken, timeout, clock).ConfigureAwait(false)).Reverse()]
            : await GrainCalls.TryAsync(stop => List.NewestAsync(int.MaxValue, stop), cancellationToken, timeout, clock)
                .ConfigureAwait(false);
        var rest = known;
        if (query.Cursor is { } cursor)
        {
            var at = known.ToList().IndexOf(cursor);
            if (at < 0) throw ListCursor.Unknown(cursor);
            rest = [.. known.Skip(at + 1)];
        }
        var found = new List<JobStatus>();
        foreach (var part in rest.Chunk(32))
        {
            var jobs = await Task.WhenAll(part.Select(id => FindAsync(id, cancellationToken).AsTask())).ConfigureAwait(false);
            found.AddRange(jobs.OfType<JobStatus>().Where(query.Matches));
            if (found.Count > query.Limit) break;
        }
        return (query with { Cursor = null }).Of(found);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JobStatus> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long seen = -1;
        while (true)
        {
            var after = seen;
            var status = await GrainCalls.TryAsync(stop => Untraced.CallAsync(() => Batch(id).WatchAsync(after, stop)), cancellationToken,
                timeout, clock).ConfigureAwait(false);
            if (status is null) yield break;
            if (status.Revision > seen)
            {
                seen = status.Revision;
                yield return status;
            }
            if (status.Ended) yield break;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<JobStatus?> ResumeAsync(string id, CancellationToken cancellationToken = default)
    {
        ServiceUnavailableException.ThrowIfRefused(refusal?.Invoke());
        var answer = await GrainCalls.TryAsync(_ => Batch(id).ResumeAsync(), cancellationToken, timeout, clock).ConfigureAwait(false);
        return answer is null ? null : answer.Status ?? throw new TooManyJobsException(answer.Waiting);
    }

    /// <inheritdoc/>
    public async ValueTask<JobStatus?> CancelAsync(string id, CancellationToken cancellationToken = default) =>
        await GrainCalls.TryAsync(_ => Batch(id).CancelAsync(), cancellationToken, timeout, clock).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default)
    {
        var first = await PartAsync(0).ConfigureAwait(false);
        return first is null ? null : new RunFile(name, new PartStream(first, PartAsync), first.Length);

        Task<FilePart?> PartAsync(long offset) =>
            GrainCalls.TryAsync(stop => grains.GetGrain<IReportingGrain>(id).ReadFileAsync(name, offset, FilePartLength, stop),
                cancellationToken, timeout, clock);
    }
}
