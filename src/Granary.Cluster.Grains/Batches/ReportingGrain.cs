using System.Data.Common;
using System.Text.Json;
using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Compute;
using Granary.Cluster.Grains.Feeds;
using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Grains.Plans;
using Granary.Cluster.Grains.Telemetry;
using Granary.Contracts.Batches;
using Granary.Contracts.Jobs;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Server.Jobs;
using Granary.Server.Operations;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Telemetry;
using Granary.Simulation.Validation;
using Granary.Storage.Files;
using Granary.Trading.Live;
using Granary.Trading.Parity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Batches;

/// <summary>Persistent state of a run's reporting: the number of its newest attempt.</summary>
[GenerateSerializer, Alias("granary.AttemptRecord")]
internal sealed class AttemptRecord
{
    /// <summary>Number of the newest attempt; 0 before the first. It increases only, and is written before the attempt begins.</summary>
    [Id(0)]
    public long Newest { get; set; }

    /// <summary>Silo of the newest attempt; null before the first, and when its silo has stopped it in order.</summary>
    [Id(1)]
    public SiloAddress? Silo { get; set; }

    /// <summary>Number of silos that were lost with an attempt since the job finished anything new.</summary>
    [Id(2)]
    public int Deaths { get; set; }

    /// <summary>Bytes of what the job had finished at the newest attempt.</summary>
    [Id(3)]
    public long Kept { get; set; }
}

/// <summary>
/// Runs a job (<see cref="Job"/>) in the run's folder, over a host that stores the cluster's reports. Acknowledged
/// reports are in that folder; after a loss the grain resumes from it. Each attempt has a number from the grain's stored state: an attempt
/// on a silo that hung finds a higher number when it continues, and writes nothing.
/// </summary>
[PreferLocalPlacement, SiloRole(SiloRoles.Compute)]
[GrainType("reporting")]
internal sealed partial class ReportingGrain(
    [PersistentState("attempts", ClusterProviders.State)] IPersistentState<AttemptRecord> attempts, SiloCompute compute,
    FeedSources sources, JobCatalogue kinds, GrainSettings settings, TimeProvider clock, ILogger<ReportingGrain> logger)
    : Grain, IReportingGrain
{
    // A silo is lost for other reasons than its work too; each further one would be lost with this work.
    private const int MostAttempts = 6, MostDeaths = 3;

    private ClusterBatchHost? _host;
    private RunningStrategies? _strategies;
    private RunningPortfolio? _portfolio;
    private IReadOnlyDictionary<string, string> _stopped = new Dictionary<string, string>();
    private Task? _running;
    private RunEnd? _end;
    private CancellationTokenSource _cancel = new();
    private CancellationTokenRegistration _stopping;
    private string _stage = ReportingStage.Opening;
    private TaskScheduler? _turns;
    private int _faults;
    private long _revision;
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LeaderBoard? _leaders;
    private IReadOnlyList<StrategyLeader>? _models;
    private DateTimeOffset _notBefore;
    private bool _cancelled;

    private string Run => this.GetPrimaryKeyString();

    private string Folder => Path.GetFullPath(Path.Combine(settings.Runs, Run));

    public async Task<ReportingStatus> BeginAsync(IReadOnlyDictionary<string, string> stopped, long seen)
    {
        _stopped = stopped;
        if (_end is null && !_cancelled && _running is null or { IsCompleted: true } && clock.GetUtcNow() >= _notBefore
            && !compute.Stopping.IsCancellationRequested) Start();
        var change = Volatile.Read(ref _change);
        if (Interlocked.Read(ref _revision) == seen) await Task.WhenAny(change.Task, Task.Delay(settings.Tick, clock));
        var revision = Interlocked.Read(ref _revision);
        var (token, done, failed, strategies, total, isRepeated) = _host?.Status ?? default;
        return new ReportingStatus((token is null || strategies == 0) && _stage == ReportingStage.Strategies
            ? ReportingStage.Portfolio : _stage, token, done, failed, strategies, total, _end, revision, _leaders?.Best() ?? _models,
            isRepeated);
    }

    // The thread of the run calls it too.
    private void Change()
    {
        Interlocked.Increment(ref _revision);
        Interlocked.Exchange(ref _change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _turns = TaskScheduler.Current;
        return base.OnActivateAsync(cancellationToken);
    }

    private void Start()
    {
        var host = new ClusterBatchHost(() =>
        {
            _stage = ReportingStage.Strategies;
            Change();
        }, settings.ChecksSpreadFrom, compute.Services.Ids)
        { Description = Described() };
        (_host, _strategies, _portfolio) = (host, new RunningStrategies(), new RunningPortfolio());
        _strategies.Take(_stopped);
        _cancel = new CancellationTokenSource();
        _stopping.Dispose();
        _stopping = compute.Stopping.Register(Abandon);
        var cancel = _cancel.Token;
        _running = Watched();

        async Task Watched()
        {
            if (await ClaimAsync() is not { } attempt)
            {
                _host = null;
                return;
            }
            if (attempts.State.Deaths >= MostDeaths)
            {
                _host = null;
                _end = Fault(new DeadlyJobException($"{attempts.State.Deaths} silos ended one after another").Message);
                Change();
                return;
            }
            Begins(logger, Run, attempt.Number);
            // The run has its own thread; its end is processed in this grain.
            var (end, again) = await Task.Run(() => RunAsync(host, attempt, cancel), CancellationToken.None);
            compute.Services.Plans.Forget(Run);
            if (_host != host) return;
            _host = null;
            if (again)
            {
                _notBefore = clock.GetUtcNow() + TimeSpan.FromMilliseconds(250 << Math.Min(++_faults, 5));
                if (_faults >= MostAttempts) _end = end;
            }
            else
            {
                _end = end;
            }
            Change();
        }
    }

    // Of two activations, only one can write the number. The other one deactivates, and its next call reads the state again.
    private async Task<RunAttempt?> ClaimAsync()
    {
        try
        {
            var (number, before, own) = (++attempts.State.Newest, attempts.State.Silo, compute.Services.Address);
            var isLoss = before is not null && !before.Equals(own);
            CountDeaths(isLoss);
            attempts.State.Silo = own;
            await attempts.WriteStateAsync();
            if (isLoss) compute.Services.Instruments.Recovered(LostWork.Batch);
            return new RunAttempt(number, cancellationToken => Task.Factory.StartNew(() => ConfirmAsync(number), cancellationToken,
                TaskCreationOptions.None, _turns!).Unwrap());
        }
        catch (Exception e)
        {
            NotClaimed(logger, Run, e.Message);
            DeactivateOnIdle();
            return null;
        }
    }

    private void CountDeaths(bool isLoss)
    {
        var kept = KeptBytes();
        if (kept > attempts.State.Kept) attempts.State.Deaths = 0;
        if (isLoss) attempts.State.Deaths++;
        attempts.State.Kept = kept;
    }

    // Events of strategies that have not ended do not count: they run again.
    private long KeptBytes() => !Directory.Exists(Folder) ? 0
        : new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.Extension != ".bin").Sum(f => f.Length);

    // The process may have been suspended, so its memory can be stale. Only storage tells whether this attempt is still the newest.
    private async Task ConfirmAsync(long number)
    {
        await attempts.ReadStateAsync();
        if (attempts.State.Newest != number) throw new RunAbandonedException();
    }

    private string Described() => $"cluster, {settings.Threads} thread{(settings.Threads == 1 ? "" : "s")} a silo";

    private ServerParity? ParityOfThisSilo() =>
        ServiceProvider.GetService<ISessionService>() is null ? null : ServiceProvider.GetRequiredService<ServerParity>();

    private async Task<(RunEnd? End, bool Again)> RunAsync(ClusterBatchHost host, RunAttempt attempt, CancellationToken cancellationToken)
    {
        using var activity = ClusterInstruments.Traces.StartActivity("report");
        activity?.SetTag(GranaryInstruments.Run, Run);
        try
        {
            if (await OutcomeFile.ReadAsync(Folder) is { } before) return (before, false);
            var job = await compute.Services.Plans.JobAsync(Run);
            Directory.CreateDirectory(Folder);
            // Strategies of a batch spread over the cluster, as does work of an experiment or a walk-forward; all else runs here.
            var isSpread = job.SpreadBatch is not null;
            var leaders = new LeaderBoard(JobContext.MostLeaders);
            _leaders = isSpread ? leaders : null;
            var run = await job.RunAsync(new JobContext
            {
                Host = isSpread ? host : new EmbeddedHost(settings.Threads),
                Work = new ClusterWork(Run, compute, settings, clock, logger),
                Clock = clock,
                Threads = settings.Threads,
                Folder = Folder,
                Runs = Path.GetFullPath(settings.Runs),
                Resume = true,
                Attempt = attempt,
                Running = _strategies,
                Portfolio = _portfolio,
                Sources = isSpread ? data => sources.Open(Run, data) : null,
                Leaders = leaders,
                Parity = ParityOfThisSilo,
                Progress = p =>
                {
                    // The host has the progress of strategies that run on the cluster.
                    if (!isSpread || p.Strategies == 0) (_stage, _models) = (p.Stage ?? _stage, p.Leaders);
                },
                Ledger = settings.Trials is { } trials ? new TrialLedger(trials) : TrialLedger.None,
            }, cancellationToken);
            var end = new RunEnd(null, run.Digest, run.Trades ?? 0, run.Seconds, run.Strategies, run.Failed, Files(),
                Evaluations: run.Evaluations);
            await attempt.ConfirmAsync(cancellationToken);
            await OutcomeFile.WriteAsync(Folder, end);
            return (end, false);
        }
        catch (Exception e) when (e is RunAbandonedException or RunEndedException or OperationCanceledException)
        {
            return (null, false);
        }
        catch (Exception e) when (DiskException.CauseOf(e) is var cause && IsTransient(cause))
        {
            MayPass(logger, Run, e.Message, e);
            return (Fault(DiskException.OfJob(cause, Path.GetFullPath(settings.Runs)).Message), true);
        }
        catch (StuckStrategyException e)
        {
            compute.EndWhenOver(Run, e.Message);
            return (Fault(e.Message), false);
        }
        catch (Exception e)
        {
            return (Failed(e), false);
        }
    }

    private static bool IsTransient(Exception e) =>
        e is BarStoreException or IOException or DiskException or UnauthorizedAccessException or ServiceUnavailableException
            or DbException { IsTransient: true } or JournalException { InnerException: DbException { IsTransient: true } }
        || LostCall.Is(e);

    private RunEnd Failed(Exception e)
    {
        if (e is RecordDiffersException) return Fault(e.Message);
        if (e is InputException or BarDataException) return Fault(e.Message) with { WrongInput = true };
        Broken(logger, Run, e);
        return Fault($"{e.GetType().Name}: {e.Message}");
    }

    private RunEnd Fault(string sentence) => new(kinds.Shown(sentence), null, 0, 0, 0, 0, []);

    private string[] Files() => [.. Directory.EnumerateFiles(Folder).Select(f => Path.GetFileName(f)!).Where(f => !f.StartsWith('.'))
        .Order(StringComparer.Ordinal)];

    public Task<byte[]?> ModelAsync(PassKey key, int number, CancellationToken cancellationToken) =>
        Task.FromResult(_host?.Model(key, number));

    public Task<PassWork?> PassAsync(Guid token, CancellationToken cancellationToken) => Task.FromResult(_host?.Pass(token));

    public Task<ReportAnswer> ReportAsync(StrategyReport report)
    {
        if (_cancelled || _end is not null)
            return Task.FromResult(_cancelled || _end!.Fault is not null ? ReportAnswer.Over : ReportAnswer.Taken);
        // A report may activate the grain after a loss; the batch grain starts it.
        return Task.FromResult(_host?.Take(report) ?? ReportAnswer.NotYet);
    }

    public Task<BatchStrategy?> StrategyAsync(string strategy, CancellationToken cancellationToken) =>
        Task.FromResult(_strategies?.Find(strategy));

    public Task<bool> StopStrategyAsync(string strategy, string reason) => Task.FromResult(
        _strategies is { } running && running.Stop(strategy, reason) is not null && running.IsStopped(strategy));

    public Task<BatchPortfolio?> PortfolioAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_host is null ? null : _portfolio?.Snapshot);

    public async Task CancelAsync()
    {
        _cancelled = true;
        await _cancel.CancelAsync();
        DelayDeactivation(TimeSpan.FromMinutes(5)); // results are still being written
    }

    public async Task ReopenAsync()
    {
        if (!_cancelled && _end is not { Fault: not null } && attempts.State.Deaths == 0) return;
        // Two attempts in one folder would overwrite each other's files.
        if (_running is { } running) await running;
        (attempts.State.Silo, attempts.State.Deaths) = (null, 0);
        (_cancelled, _end, _faults, _notBefore, _stage) = (false, null, 0, default, ReportingStage.Opening);
    }

    public async Task RemoveAsync()
    {
        // The last attempt of a cancelled run may still write.
        if (_running is { } running) await running;
        RemovedFolder.Delete(Folder);
        await attempts.ClearStateAsync();
        DeactivateOnIdle();
    }

    public async Task<FilePart?> ReadFileAsync(string name, long offset, int most, CancellationToken cancellationToken)
    {
        if (name != Path.GetFileName(name) || name.StartsWith('.')) return null;
        var path = Path.Combine(Folder, name);
        if (!File.Exists(path)) return null;
        await using var file =
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, useAsync: true);
        var bytes = new byte[(int)Math.Clamp(file.Length - offset, 0, Math.Min(most, 4 << 20))];
        file.Position = offset;
        await file.ReadExactlyAsync(bytes, cancellationToken);
        return new FilePart(bytes, file.Length);
    }

    private void Abandon()
    {
        _host?.Abandon();
        _cancel.Cancel();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stopping.DisposeAsync();
        Abandon();
        if (_running is { } running) await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(5), clock, CancellationToken.None));
        await LeaveAsync();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    // The next attempt, on another silo, does not count this one as lost.
    private async Task LeaveAsync()
    {
        if (_end is not null || !compute.Services.Address.Equals(attempts.State.Silo)) return;
        try
        {
            attempts.State.Silo = null;
            await attempts.WriteStateAsync();
        }
        catch (Exception e)
        {
            NotLeft(logger, Run, e.Message);
        }
    }

    [LoggerMessage(5, LogLevel.Debug, "Run {RunId}: reporting left this silo without a record of it: {Reason}")]
    private static partial void NotLeft(ILogger logger, string runId, string reason);

    [LoggerMessage(3, LogLevel.Information, "Run {RunId}: reporting started on this silo, attempt {Attempt}")]
    private static partial void Begins(ILogger logger, string runId, long attempt);

    [LoggerMessage(4, LogLevel.Information, "Run {RunId}: reporting did not start on this silo: {Reason}")]
    private static partial void NotClaimed(ILogger logger, string runId, string reason);

    [LoggerMessage(1, LogLevel.Error, "Run {RunId} failed")]
    private static partial void Broken(ILogger logger, string runId, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Run {RunId} is retried: {Reason}")]
    private static partial void MayPass(ILogger logger, string runId, string reason, Exception exception);
}

/// <summary>Names of the stages.</summary>
internal static class ReportingStage
{
    public const string Opening = "opening the bars", Strategies = "strategies", Portfolio = "portfolio";

    /// <summary>The stage after the loss of the silo that had stored the results: the strategies without one run again.</summary>
    public static string AfterLoss(int left) => $"again since a silo was lost: {Counted.Of(left, "strategy")} without a result";
}

/// <summary>The end of a run, stored in its folder, so a later activation returns it without running anything.</summary>
internal static class OutcomeFile
{
    private const string Name = ".outcome.json";

    public static async Task<RunEnd?> ReadAsync(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<RunEnd>(await File.ReadAllBytesAsync(Path.Combine(folder, Name)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public static Task WriteAsync(string folder, RunEnd end) =>
        AtomicFile.WriteAsync(Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(end));
}
