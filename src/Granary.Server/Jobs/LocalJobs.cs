using System.Threading.Channels;
using Granary.Contracts.Jobs;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Server.Jobs;

/// <summary>
/// Runs jobs in this process, one after another, each in its folder under <c>runs</c>. Accepted jobs survive a crash: the next start runs
/// them again, but not one in whose work the process has ended twice.
/// </summary>
public sealed class LocalJobs : IJobService, IAsyncDisposable
{
    private readonly Func<string?>? _refusal;
    private readonly TimeProvider _clock;
    private readonly JobTable _table;
    private readonly JobFolders _folders;
    private readonly LocalRun _run;
    // One submission or resumption at a time, so that none takes the last place of another one.
    private readonly SemaphoreSlim _admission = new(1, 1);
    private readonly Channel<JobEntry> _queue = Channel.CreateUnbounded<JobEntry>(new() { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _worker;

    /// <param name="runs">The folder of all runs; created if missing. Its unfinished jobs are queued again.</param>
    /// <param name="kinds">The kinds of jobs to accept.</param>
    /// <param name="mostWaiting">Number of jobs that may wait.</param>
    /// <param name="refusal">Returns why jobs are refused now, for <see cref="ServiceUnavailableException"/>; null = never.</param>
    public LocalJobs(string runs, IJobRunner host, JobCatalogue kinds, TimeProvider clock, JobFaultHandlers? handlers = null,
        int mostWaiting = 1000, Func<string?>? refusal = null)
    {
        (_clock, _refusal) = (clock, refusal);
        _table = new JobTable(clock, mostWaiting);
        _folders = new JobFolders(runs, clock);
        _run = new LocalRun(host, kinds, _table, _folders, clock, handlers ?? new JobFaultHandlers());
        foreach (var entry in _folders.ReadAll()) _table.Add(entry);
        foreach (var entry in _table.Unfinished) _queue.Writer.TryWrite(entry);
        _worker = Task.Run(WorkAsync);
    }

    /// <summary>Why no job can start, in one sentence; null if jobs can start.</summary>
    public string? Fault => _folders.Fault;

    public async ValueTask<JobReceipt> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken = default)
    {
        var submitted = SubmittedJob.Of(submission);
        await _admission.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_table.WithKey(submission.ScopedKey) is { } known)
                return known.Digest == submitted.Digest ? new(known.Status, Created: false)
                    : throw new IdempotencyConflictException(submission.IdempotencyKey!, known.Id);
            _table.CheckRoom();
            ServiceUnavailableException.ThrowIfRefused(_refusal?.Invoke());
            var now = _clock.GetUtcNow();
            // Return the status at acceptance, because the job may start before the response is sent.
            var accepted = new JobStatus
            {
                Id = JobId.New(submission.Job.Name, now),
                Kind = submitted.Kind,
                Name = submission.Job.Name,
                Revision = 1,
                State = JobState.Queued,
                SubmittedBy = submission.SubmittedBy,
                SubmittedAt = now,
                Work = submission.Job.Work,
                Runs = submission.Job.Runs,
                Code = submission.Job.Code(),
            };
            await _folders.WriteAsync(submitted, accepted, cancellationToken).ConfigureAwait(false);
            var entry = new JobEntry(accepted, submitted);
            _table.Add(entry);
            _queue.Writer.TryWrite(entry);
            return new(accepted, Created: true);
        }
        finally
        {
            _admission.Release();
        }
    }

    public ValueTask<JobStatus?> FindAsync(string id, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_table.Find(id)?.Status);

    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_table.List(query));

    public IAsyncEnumerable<JobStatus> WatchAsync(string id, CancellationToken cancellationToken = default) =>
        _table.WatchAsync(id, cancellationToken);

    public async ValueTask<JobStatus?> CancelAsync(string id, CancellationToken cancellationToken = default)
    {
        if (_table.Find(id) is not { } entry) return null;
        var wasQueued = false;
        var status = _table.Change(entry, s =>
        {
            wasQueued = s.State == JobState.Queued;
            return wasQueued ? s with { State = JobState.Cancelled, FinishedAt = _clock.GetUtcNow() } : s;
        });
        if (wasQueued) await _folders.SaveAsync(entry).ConfigureAwait(false);
        await entry.Cancel.CancelAsync().ConfigureAwait(false);
        return status;
    }

    public async ValueTask<JobStatus?> ResumeAsync(string id, CancellationToken cancellationToken = default)
    {
        if (_table.Find(id) is not { } entry) return null;
        ServiceUnavailableException.ThrowIfRefused(_refusal?.Invoke());
        await _admission.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var canResume = false;
            var status = _table.Change(entry, s =>
            {
                canResume = s.CanResume();
                if (!canResume) return s;
                _table.CheckRoom();
                // A job that was cancelled while it waited has no finished strategies, so it starts from the beginning.
                (entry.Cancel, entry.Resumes) = (new CancellationTokenSource(), s.StartedAt is not null);
                return s with { State = JobState.Queued, StartedAt = null, FinishedAt = null, Fault = null };
            });
            if (!canResume) return status;
            _folders.ForgetDeaths(entry.Id);
            await _folders.SaveAsync(entry).ConfigureAwait(false);
            _queue.Writer.TryWrite(entry);
            return status;
        }
        finally
        {
            _admission.Release();
        }
    }

    // Only names in the run's list are opened, so that no name can lead out of its folder.
    public ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_table.Find(id) is { } entry && entry.Status.Files.Contains(name, StringComparer.Ordinal)
            ? RunFile.Open(_folders.Of(id), name) : null);

    private async Task WorkAsync()
    {
        await foreach (var entry in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (_stopping.IsCancellationRequested) return;
            await _run.RunAsync(entry, _stopping.Token).ConfigureAwait(false);
            if (_table.Unfinished.Count == 0) Data.Memory.ProcessMemory.Return();
        }
    }

    /// <summary>Stops the running job without marking it as ended, so that the next start continues it.</summary>
    public async ValueTask DisposeAsync()
    {
        // A container that registers the service under two types disposes of it twice.
        if (_stopping.IsCancellationRequested) return;
        _queue.Writer.TryComplete();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _worker.ConfigureAwait(false);
        _stopping.Dispose();
        _admission.Dispose();
    }
}
