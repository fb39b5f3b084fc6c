using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Telemetry;

namespace Granary.Server.Jobs;

/// <summary>
/// Runs jobs in this process, one after another, each in its folder under <c>runs</c>. Accepted jobs survive a crash: the next start runs
/// them again.
/// </summary>
/// <remarks>
/// In addition to its own files, a job's folder has <c>.submission/</c> with the job's text and its last durable status.
/// </remarks>
public sealed class LocalJobs : IJobService, IAsyncDisposable
{
    /// <summary>The name of this class's folder inside a run's folder.</summary>
    public const string SubmissionFolder = RunLibrary.JobFolder;

    /// <summary>
    /// The minimum time between two statuses for a watcher, who receives the newest. The host may report progress at any frequency.
    /// </summary>
    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(50);

    private readonly string _runs;
    private readonly IJobRunner _host;
    private readonly JobCatalogue _kinds;
    private readonly TimeProvider _clock;
    private readonly Action<string, Exception>? _onFault;
    private readonly int _mostWaiting;
    private readonly Func<string?>? _refusal;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _submitting = new(1, 1);
    private readonly Dictionary<string, JobEntry> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobEntry> _byKey = new(StringComparer.Ordinal);
    private readonly Channel<JobEntry> _queue = Channel.CreateUnbounded<JobEntry>(new() { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _worker;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Called with the job's id when a strategy keeps a thread and the job's end is durable; ends the process.</summary>
    public Action<string, StuckStrategyException>? ThreadLost { get; init; }

    /// <summary>Why no job can start, in one sentence; null if jobs can start.</summary>
    public string? Fault { get; private set; }

    /// <param name="runs">The folder of all runs; created if missing. Its unfinished jobs are queued again.</param>
    /// <param name="kinds">The kinds of jobs to accept.</param>
    /// <param name="onFault">Called with the id of a job that failed for a reason other than its input.</param>
    /// <param name="refusal">Returns why jobs are refused now, for <see cref="ServiceUnavailableException"/>; null = never.</param>
    public LocalJobs(string runs, IJobRunner host, JobCatalogue kinds, TimeProvider clock, Action<string, Exception>? onFault = null,
        int mostWaiting = 1000, Func<string?>? refusal = null)
    {
        _runs = Path.GetFullPath(runs);
        (_host, _kinds, _clock) = (host, kinds, clock);
        (_onFault, _mostWaiting, _refusal) = (onFault, mostWaiting, refusal);
        Directory.CreateDirectory(_runs);
        Recover();
        _worker = Task.Run(WorkAsync);
    }

    public async ValueTask<JobReceipt> SubmitAsync(JobSubmission submission, CancellationToken cancellationToken = default)
    {
        var submitted = SubmittedJob.Of(submission);
        await _submitting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_gate)
            {
                if (submission.ScopedKey is { } key && _byKey.TryGetValue(key, out var known))
                {
                    return known.Fingerprint == submitted.Fingerprint
                        ? new(known.Status, Created: false)
                        : throw new IdempotencyConflictException(submission.IdempotencyKey!, known.Status.Id);
                }
                CheckRoom();
            }
            ServiceUnavailableException.ThrowIfRefused(_refusal?.Invoke());
            var now = _clock.GetUtcNow();
            var id = JobId.New(submission.Job.Name, now);
            var entry = new JobEntry(
                new JobStatus
                {
                    Id = id,
                    Kind = submitted.Kind,
                    Name = submission.Job.Name,
                    Revision = 1,
                    State = JobState.Queued,
                    SubmittedBy = submission.SubmittedBy,
                    SubmittedAt = now,
                    Work = submission.Job.Work,
                    Runs = submission.Job.Runs,
                },
                submitted);
            try
            {
                await submitted.WriteAsync(OwnFolder(id), cancellationToken).ConfigureAwait(false);
                await WriteStatusAsync(entry.Status).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ServiceUnavailableException($"the job cannot be stored ({e.Message}); make room in {OwnFolder(id)}, "
                    + "or correct its rights, and submit it again", e);
            }
            lock (_gate) Add(entry);
            // Return the status at acceptance, because the job may start before the response is sent.
            var accepted = entry.Status;
            _queue.Writer.TryWrite(entry);
            return new(accepted, Created: true);
        }
        finally
        {
            _submitting.Release();
        }
    }

    public ValueTask<JobStatus?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        lock (_gate) return ValueTask.FromResult(_byId.GetValueOrDefault(id)?.Status);
    }

    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(query.Of(_byId.Values.Select(e => e.Status).OrderByDescending(s => s.SubmittedAt)
                .ThenBy(s => s.Id, StringComparer.Ordinal)));
        }
    }

    public async IAsyncEnumerable<JobStatus> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long seen = 0;
        while (true)
        {
            JobStatus status;
            Task changed;
            lock (_gate)
            {
                if (!_byId.TryGetValue(id, out var entry)) yield break;
                status = entry.Status;
                changed = entry.Changed.Task;
            }
            if (status.Revision > seen)
            {
                seen = status.Revision;
                yield return status;
                if (status.Ended) yield break;
            }
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            await Task.Delay(WatchEvery, _clock, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<JobStatus?> CancelAsync(string id, CancellationToken cancellationToken = default)
    {
        JobEntry? entry;
        lock (_gate) entry = _byId.GetValueOrDefault(id);
        if (entry is null) return null;
        var wasQueued = false;
        var status = Change(entry, s =>
        {
            wasQueued = s.State == JobState.Queued;
            return wasQueued ? s with { State = JobState.Cancelled, FinishedAt = _clock.GetUtcNow() } : s;
        });
        if (wasQueued) await SaveAsync(entry).ConfigureAwait(false);
        await entry.Cancel.CancelAsync().ConfigureAwait(false);
        return status;
    }

    public async ValueTask<JobStatus?> ResumeAsync(string id, CancellationToken cancellationToken = default)
    {
        JobEntry? entry;
        lock (_gate) entry = _byId.GetValueOrDefault(id);
        if (entry is null) return null;
        ServiceUnavailableException.ThrowIfRefused(_refusal?.Invoke());
        var wasCancelled = false;
        var status = Change(entry, s =>
        {
            wasCancelled = s.State == JobState.Cancelled;
            if (!wasCancelled) return s;
            CheckRoom();
            // A job that was cancelled while it waited has no finished strategies, so it starts from the beginning.
            (entry.Cancel, entry.Resumes) = (new CancellationTokenSource(), s.StartedAt is not null);
            return s with { State = JobState.Queued, StartedAt = null, FinishedAt = null };
        });
        if (!wasCancelled) return status;
        await SaveAsync(entry).ConfigureAwait(false);
        _queue.Writer.TryWrite(entry);
        return status;
    }

    public ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default)
    {
        JobStatus? status;
        lock (_gate) status = _byId.GetValueOrDefault(id)?.Status;
        // only names in the run's list are opened, so that no name can lead out of its folder
        return ValueTask.FromResult(status is not null && status.Files.Contains(name, StringComparer.Ordinal)
            ? RunFile.Open(Path.Combine(_runs, id), name) : null);
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
        _submitting.Dispose();
    }

    private async Task WorkAsync()
    {
        await foreach (var entry in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (_stopping.IsCancellationRequested) return;
            await RunAsync(entry).ConfigureAwait(false);
            lock (_gate) if (_byId.Values.Any(e => !e.Status.Ended)) continue;
            Data.Memory.ProcessMemory.Return();
        }
    }

    private async Task RunAsync(JobEntry entry)
    {
        var begun = false;
        Change(entry, s =>
        {
            begun = s.State is JobState.Queued or JobState.Running;
            return begun ? s with { State = JobState.Running, StartedAt = _clock.GetUtcNow(), Progress = JobProgress.None } : s;
        });
        if (!begun) return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, entry.Cancel.Token);
        var folder = Path.Combine(_runs, entry.Status.Id);
        StuckStrategyException? stuck = null;
        try
        {
            await SaveAsync(entry).ConfigureAwait(false);
            var submitted = SubmittedJob.Read(OwnFolder(entry.Status.Id));
            using var span = GranaryInstruments.Traces.StartActivity("job", ActivityKind.Internal, submitted.Trace);
            span?.SetTag(GranaryInstruments.Run, entry.Status.Id).SetTag(GranaryInstruments.Kind, entry.Status.Kind);
            var job = _kinds.Read(submitted.ToText() with { SubmittedAt = entry.Status.SubmittedAt });
            var outcome = await RunAsync(entry, job, folder, stop.Token).ConfigureAwait(false);
            var files = Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!).Where(f => !f.StartsWith('.'))
                .Order(StringComparer.Ordinal).ToArray();
            End(entry, s => s with
            {
                State = JobState.Done,
                Digest = outcome.Digest,
                Trades = outcome.Trades,
                Seconds = outcome.Seconds,
                Files = files,
                Progress = s.Progress with { Strategies = outcome.Strategies, Done = outcome.Strategies, Failed = outcome.Failed }
            });
            GranaryInstruments.StrategiesFailed.Add(outcome.Failed);
        }
        catch (Exception) when (_stopping.IsCancellationRequested && !entry.Cancel.IsCancellationRequested)
        {
            return; // stays "running" on disk, so that the next start continues it; the end of the process may have caused the fault
        }
        catch (OperationCanceledException) when (entry.Cancel.IsCancellationRequested)
        {
            End(entry, s => s with { State = JobState.Cancelled });
        }
        catch (Exception e)
        {
            stuck = e as StuckStrategyException;
            var wrongInput = e is InputException or Engine.Market.BarDataException;
            if (!wrongInput && e is not (Engine.Market.BarStoreException or DiskException or StuckStrategyException))
                _onFault?.Invoke(entry.Status.Id, e);
            End(entry, s => s with { State = JobState.Failed, Fault = _kinds.Shown(e.Message), WrongInput = wrongInput });
        }
        await SaveWhenPossibleAsync(entry).ConfigureAwait(false);
        if (stuck is not null) ThreadLost?.Invoke(entry.Status.Id, stuck);
    }

    private async Task<JobOutcome> RunAsync(JobEntry entry, Job job, string folder, CancellationToken cancellationToken)
    {
        Task<JobOutcome> Attempt(bool resumes) => _host.RunAsync(job, folder, resumes, p => Report(entry, p), cancellationToken);
        try
        {
            return await Attempt(entry.Resumes).ConfigureAwait(false);
        }
        catch (OtherRunException) when (entry.IsRecovered)
        {
            // Its bars have changed since the last process, so that what was finished is of no use.
            return await Attempt(resumes: false).ConfigureAwait(false);
        }
    }

    // The end of a job is kept in memory until its folder can be written. No other job starts before: its folder would fail too.
    private async Task SaveWhenPossibleAsync(JobEntry entry)
    {
        for (var pause = TimeSpan.FromSeconds(0.25); ; pause = pause < LongestPause ? pause * 2 : pause)
        {
            try
            {
                await SaveAsync(entry).ConfigureAwait(false);
                Fault = null;
                return;
            }
            catch (DirectoryNotFoundException) when (Directory.Exists(_runs) && !Path.Exists(Path.Combine(_runs, entry.Status.Id)))
            {
                // The job was removed together with its folder, so its end cannot be stored.
                Fault = null;
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Fault = $"the status of {entry.Status.Id} cannot be written ({e.Message.TrimEnd('.')}); make room in {_runs}";
            }
            try
            {
                await Task.Delay(pause, _clock, _stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return; // the next start runs the job again
            }
        }
    }

    private void End(JobEntry entry, Func<JobStatus, JobStatus> how) =>
        JobMetrics.Ended(Change(entry, s => how(s) with { FinishedAt = _clock.GetUtcNow() }));

    private void Report(JobEntry entry, JobProgress progress)
    {
        long bars = 0;
        Change(entry, s =>
        {
            if (s.State != JobState.Running || progress.Done < s.Progress.Done) return s;
            bars = progress.Bars - s.Progress.Bars;
            return s with { Progress = progress };
        });
        if (bars > 0) GranaryInstruments.Bars.Add(bars);
    }

    /// <summary>The only place that changes a status; it notifies watchers.</summary>
    private JobStatus Change(JobEntry entry, Func<JobStatus, JobStatus> change)
    {
        TaskCompletionSource woken;
        JobStatus next;
        lock (_gate)
        {
            next = change(entry.Status);
            if (ReferenceEquals(next, entry.Status)) return next;
            next = next with { Revision = entry.Status.Revision + 1 };
            entry.Status = next;
            woken = entry.Changed;
            entry.Changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        woken.SetResult();
        return next;
    }

    /// <summary>Writes the newest status; the writes of one job are sequential.</summary>
    private Task SaveAsync(JobEntry entry)
    {
        lock (_gate) return entry.Written = AfterAsync(entry.Written);

        async Task AfterAsync(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            JobStatus status;
            lock (_gate) status = entry.Status;
            await WriteStatusAsync(status).ConfigureAwait(false);
        }
    }

    private Task WriteStatusAsync(JobStatus status) => SubmittedJob.WriteStatusAsync(OwnFolder(status.Id), status);

    private string OwnFolder(string id) => Path.Combine(_runs, id, SubmissionFolder);

    // Call under the lock.
    private void CheckRoom()
    {
        if (_byId.Values.Count(e => e.Status.State == JobState.Queued) >= _mostWaiting) throw new TooManyJobsException(_mostWaiting);
    }

    private void Add(JobEntry entry)
    {
        _byId.Add(entry.Status.Id, entry);
        if (entry.IdempotencyKey is { } key) _byKey[key] = entry;
    }

    private void Recover()
    {
        foreach (var run in Directory.EnumerateDirectories(_runs))
        {
            var own = Path.Combine(run, SubmissionFolder);
            if (!SubmittedJob.IsIn(own)) continue; // a run that was not submitted here, or never acknowledged
            try
            {
                var status = SubmittedJob.ReadStatus(own);
                // A job that had begun continues from what it has finished.
                var begun = !status.Ended && status.StartedAt is not null;
                Add(new JobEntry(status, SubmittedJob.Read(own)) { Resumes = begun, IsRecovered = begun });
            }
            catch (Exception e) when (e is JsonException or IOException)
            {
                throw new InputException($"{own} cannot be read ({e.Message}); put back a copy of it or remove {run}", e);
            }
        }
        foreach (var entry in _byId.Values.Where(e => !e.Status.Ended).OrderBy(e => e.Status.SubmittedAt)
            .ThenBy(e => e.Status.Id, StringComparer.Ordinal))
            _queue.Writer.TryWrite(entry);
    }
}
