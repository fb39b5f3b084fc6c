using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Granary.Application.Batches;
using Granary.Application.Catalogues;
using Granary.Application.Json;
using Granary.Application.RunFolders;
using Granary.Storage.Files;

namespace Granary.Application.Submissions;

/// <summary>
/// Takes batches for the in-process host: one after the other, each in its folder under <c>runs</c>. What was accepted survives a crash:
/// the next start runs it again.
/// </summary>
/// <remarks>
/// A folder of a run holds, beside the run's own files, <c>.submission/</c> with the batch's text and its last durable status.
/// </remarks>
public sealed class LocalBatches : IBatchService, IAsyncDisposable
{
    /// <summary>Name of the folder inside a run's folder that this class keeps for itself.</summary>
    public const string SubmissionFolder = ".submission";

    /// <summary>
    /// Who watches is given at most one status in this time, the newest: a host may report its progress as often as it likes.
    /// </summary>
    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(50);

    private sealed record Submitted(string Text, string Folder, string FileName, string? IdempotencyKey);

    private sealed class Entry(BatchStatus status, Submitted submitted)
    {
        public BatchStatus Status = status;
        public Submitted Submitted { get; } = submitted;
        public CancellationTokenSource Cancel { get; } = new();
        public TaskCompletionSource Changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public Task Written = Task.CompletedTask;
    }

    private readonly string _runs;
    private readonly IBatchRunner _host;
    private readonly BatchReader _batches;
    private readonly TimeProvider _clock;
    private readonly Action<string, Exception>? _onFault;
    private readonly int _mostWaiting;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _submitting = new(1, 1);
    private readonly Dictionary<string, Entry> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry> _byKey = new(StringComparer.Ordinal);
    private readonly Channel<Entry> _queue = Channel.CreateUnbounded<Entry>(new() { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _worker;

    /// <param name="runs">Folder of all runs; made where missing. Batches in it that had not ended are queued again.</param>
    /// <param name="catalogues">What the process knows.</param>
    /// <param name="onFault">Told of a batch that failed for a reason other than its input, with the batch's id.</param>
    public LocalBatches(string runs, IBatchRunner host, GranaryCatalogues catalogues, TimeProvider clock, Action<string,
        Exception>? onFault = null, int mostWaiting = 1000)
    {
        _runs = Path.GetFullPath(runs);
        _host = host;
        _batches = new BatchReader(catalogues);
        _clock = clock;
        _onFault = onFault;
        _mostWaiting = mostWaiting;
        Directory.CreateDirectory(_runs);
        Recover();
        _worker = Task.Run(WorkAsync);
    }

    public async ValueTask<SubmissionReceipt> SubmitAsync(BatchSubmission submission, CancellationToken cancellationToken = default)
    {
        var text = System.Text.Encoding.UTF8.GetString(submission.Spec.Text);
        await _submitting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_gate)
            {
                if (submission.IdempotencyKey is { } key && _byKey.TryGetValue(key, out var known))
                {
                    return known.Submitted.Text == text && known.Submitted.Folder == submission.Spec.Folder
                        ? new(known.Status, Created: false)
                        : throw new IdempotencyConflictException(key, known.Status.Id);
                }
                if (_byId.Values.Count(e => e.Status.State == BatchState.Queued) >= _mostWaiting)
                    throw new TooManyBatchesException(_mostWaiting);
            }
            var now = _clock.GetUtcNow();
            var id = BatchId.New(submission.Spec.Name, now);
            var entry = new Entry(
                new BatchStatus
                {
                    Id = id,
                    Name = submission.Spec.Name,
                    Revision = 1,
                    State = BatchState.Queued,
                    SubmittedBy = submission.SubmittedBy,
                    SubmittedAt = now
                },
                new Submitted(text, submission.Spec.Folder, submission.Spec.Data.Place.File, submission.IdempotencyKey));
            var own = Path.Combine(_runs, id, SubmissionFolder);
            Directory.CreateDirectory(own);
            await AtomicFile.WriteAsync(Path.Combine(own, "batch.json"),
                JsonSerializer.SerializeToUtf8Bytes(entry.Submitted, SubmissionJson.Options), cancellationToken).ConfigureAwait(false);
            await WriteStatusAsync(entry.Status).ConfigureAwait(false);
            lock (_gate)
            {
                Add(entry);
            }
            _queue.Writer.TryWrite(entry);
            return new(entry.Status, Created: true);
        }
        finally
        {
            _submitting.Release();
        }
    }

    public ValueTask<BatchStatus?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        lock (_gate) return ValueTask.FromResult(_byId.GetValueOrDefault(id)?.Status);
    }

    public ValueTask<IReadOnlyList<BatchStatus>> ListAsync(int most, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<BatchStatus>>(
                [.. _byId.Values.Select(e => e.Status).OrderByDescending(s => s.SubmittedAt).ThenBy(s => s.Id, StringComparer.Ordinal)
                    .Take(most)]);
        }
    }

    public async IAsyncEnumerable<BatchStatus> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long seen = 0;
        while (true)
        {
            BatchStatus status;
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

    public async ValueTask<BatchStatus?> CancelAsync(string id, CancellationToken cancellationToken = default)
    {
        Entry? entry;
        lock (_gate) entry = _byId.GetValueOrDefault(id);
        if (entry is null) return null;
        var wasQueued = false;
        var status = Change(entry, s =>
        {
            wasQueued = s.State == BatchState.Queued;
            return wasQueued ? s with { State = BatchState.Cancelled, FinishedAt = _clock.GetUtcNow() } : s;
        });
        if (wasQueued) await SaveAsync(entry).ConfigureAwait(false);
        await entry.Cancel.CancelAsync().ConfigureAwait(false);
        return status;
    }

    public ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default)
    {
        BatchStatus? status;
        lock (_gate) status = _byId.GetValueOrDefault(id)?.Status;
        // only names that the run lists are opened, so no name can lead out of its folder
        return ValueTask.FromResult(status is not null && status.Files.Contains(name, StringComparer.Ordinal)
            ? RunFile.Open(Path.Combine(_runs, id), name) : null);
    }

    /// <summary>Stops the batch that runs, without marking it as ended: the next start takes it up again.</summary>
    public async ValueTask DisposeAsync()
    {
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
        }
    }

    private async Task RunAsync(Entry entry)
    {
        var begun = false;
        Change(entry, s =>
        {
            begun = s.State is BatchState.Queued or BatchState.Running;
            return begun ? s with { State = BatchState.Running, StartedAt = _clock.GetUtcNow(), Progress = SubmissionProgress.None } : s;
        });
        if (!begun) return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, entry.Cancel.Token);
        var folder = Path.Combine(_runs, entry.Status.Id);
        try
        {
            await SaveAsync(entry).ConfigureAwait(false);
            var spec = _batches.Read(entry.Submitted.FileName, System.Text.Encoding.UTF8.GetBytes(entry.Submitted.Text),
                entry.Submitted.Folder);
            var outcome = await _host.RunAsync(spec, folder, p => Report(entry, p), stop.Token).ConfigureAwait(false);
            var files = Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!).Where(f => !f.StartsWith('.'))
                .Order(StringComparer.Ordinal).ToArray();
            End(entry, s => s with
            {
                State = BatchState.Done,
                Digest = outcome.Digest,
                Trades = outcome.Trades,
                Seconds = outcome.Seconds,
                Files = files,
                Progress = s.Progress with { Strategies = outcome.Strategies, Done = outcome.Strategies, Failed = outcome.Failed }
            });
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested && !entry.Cancel.IsCancellationRequested)
        {
            return; // stays "running" on disk, so that the next start runs it again
        }
        catch (OperationCanceledException) when (entry.Cancel.IsCancellationRequested)
        {
            End(entry, s => s with { State = BatchState.Cancelled });
        }
        catch (Exception e)
        {
            var wrongInput = e is InputException or Engine.Market.BarDataException;
            if (!wrongInput && e is not (Engine.Market.BarStoreException or DiskException)) _onFault?.Invoke(entry.Status.Id, e);
            End(entry, s => s with { State = BatchState.Failed, Fault = e.Message, WrongInput = wrongInput });
        }
        await SaveAsync(entry).ConfigureAwait(false);
    }

    private void End(Entry entry, Func<BatchStatus, BatchStatus> how) =>
        Change(entry, s => how(s) with { FinishedAt = _clock.GetUtcNow() });

    private void Report(Entry entry, SubmissionProgress progress) =>
        Change(entry, s => s.State == BatchState.Running && progress.Done >= s.Progress.Done ? s with { Progress = progress } : s);

    /// <summary>The one place where a status changes; who watches is woken.</summary>
    private BatchStatus Change(Entry entry, Func<BatchStatus, BatchStatus> change)
    {
        TaskCompletionSource woken;
        BatchStatus next;
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

    /// <summary>Writes the newest status; writes of one batch follow one another.</summary>
    private Task SaveAsync(Entry entry)
    {
        lock (_gate)
        {
            return entry.Written = AfterAsync(entry.Written);
        }

        async Task AfterAsync(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            BatchStatus status;
            lock (_gate) status = entry.Status;
            await WriteStatusAsync(status).ConfigureAwait(false);
        }
    }

    private Task WriteStatusAsync(BatchStatus status) =>
        AtomicFile.WriteAsync(Path.Combine(_runs, status.Id, SubmissionFolder, "status.json"),
            JsonSerializer.SerializeToUtf8Bytes(status, SubmissionJson.Options));

    private void Add(Entry entry)
    {
        _byId.Add(entry.Status.Id, entry);
        if (entry.Submitted.IdempotencyKey is { } key) _byKey[key] = entry;
    }

    private void Recover()
    {
        foreach (var run in Directory.EnumerateDirectories(_runs))
        {
            var own = Path.Combine(run, SubmissionFolder);
            if (!File.Exists(Path.Combine(own, "status.json"))) continue; // a run that was not submitted here, or never acknowledged
            try
            {
                Add(new Entry(Read<BatchStatus>(Path.Combine(own, "status.json")), Read<Submitted>(Path.Combine(own, "batch.json"))));
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

    private static T Read<T>(string path) =>
        JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), SubmissionJson.Options) ?? throw new JsonException($"{path} is empty");
}
