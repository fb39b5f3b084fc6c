using System.Threading.Channels;
using Granary.Contracts.Jobs;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Server.Jobs;

/// <summary>
/// Runs jobs in this process, one after another, each in its folder under <c>runs</c>. Accepted jobs survive a crash: the next start runs
/// them again, but not one in whose work the process has ended twice.
/// </summary>
internal sealed class LocalJobs : IJobService, IAsyncDisposable
{
    private readonly Func<string?>? _refusal;
    private readonly Func<string, DateTimeOffset, string> _newId;
    private readonly Action _idle;
    private readonly TimeProvider _clock;
    private readonly JobTable _table;
    private readonly JobFolders _folders;
    private readonly JobStates _states;
    private readonly LocalRun _run;
    // One submission or resumption at a time, so that none takes the last place of another one.
    private readonly SemaphoreSlim _admission = new(1, 1);
    private readonly Channel<JobEntry> _queue = Channel.CreateUnbounded<JobEntry>(new() { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _worker;

    /// <param name="runs">The folder of all runs; created if missing. Its unfinished jobs are queued again.</param>
    /// <param name="kinds">The kinds of jobs to accept.</param>
    /// <param name="options">Other settings; null = their defaults.</param>
    public LocalJobs(string runs, IJobRunner host, JobCatalogue kinds, TimeProvider clock, LocalJobsOptions? options = null)
    {
        options ??= new LocalJobsOptions();
        (_clock, _refusal, _newId, _idle) = (clock, options.Refusal, options.NewId, options.Idle);
        _table = new JobTable(clock, options.MostWaiting);
        _folders = new JobFolders(runs, clock, options.Disk);
        _states = new JobStates(_table, _folders);
        _run = new LocalRun(host, kinds, _table, _states, _folders, clock, options.Handlers);
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
                Id = NewId(submission.Job.Name, now),
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
        // A resumption replaces it.
        var cancel = entry.Cancel;
        var status = entry.Status;
        if (status.State == JobState.Queued)
            status = await StoreAsync(entry, "cancelled", s =>
            {
                cancel = entry.Cancel;
                return s.State == JobState.Queued ? s with { State = JobState.Cancelled, FinishedAt = _clock.GetUtcNow() } : s;
            }).ConfigureAwait(false);
        await cancel.CancelAsync().ConfigureAwait(false);
        return status;
    }

    // Two jobs of one millisecond may draw the same letters.
    private string NewId(string job, DateTimeOffset now)
    {
        while (true)
            if (_newId(job, now) is var id && _table.Find(id) is null)
                return id;
    }

    private async Task<JobStatus> StoreAsync(JobEntry entry, string what, Func<JobStatus, JobStatus> change, Action? stored = null)
    {
        try
        {
            return await _states.ChangeAsync(entry, change, stored).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServiceUnavailableException($"{entry.Id} cannot be {what}, since its status cannot be stored "
                + $"({e.Message.TrimEnd('.')}); make room in {_folders.Runs}, or correct its rights, and try again", e);
        }
    }

    public async ValueTask<JobStatus?> ResumeAsync(string id, CancellationToken cancellationToken = default)
    {
        if (_table.Find(id) is not { } entry) return null;
        ServiceUnavailableException.ThrowIfRefused(_refusal?.Invoke());
        await _admission.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var (canResume, hadStarted) = (false, false);
            var status = await StoreAsync(entry, "resumed", s =>
            {
                canResume = s.CanResume();
                if (!canResume) return s;
                _table.CheckRoom();
                hadStarted = s.StartedAt is not null;
                return s with { State = JobState.Queued, StartedAt = null, FinishedAt = null, Fault = null };
            }, stored: () =>
            {
                _folders.ForgetDeaths(entry.Id);
                // A job that was cancelled while it waited has no finished strategies, so it starts from the beginning.
                (entry.Cancel, entry.Resumes) = (new CancellationTokenSource(), hadStarted);
            }).ConfigureAwait(false);
            if (!canResume) return status;
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
            if (_table.Unfinished.Count == 0) _idle();
        }
    }

    /// <summary>Stops the running job without marking it as ended, so the next start continues it.</summary>
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
