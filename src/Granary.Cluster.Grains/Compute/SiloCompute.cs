using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Telemetry;
using Granary.Server.Operations;
using Granary.Simulation.Passes;
using Granary.Storage.Retries;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Polly;

namespace Granary.Cluster.Grains.Compute;

/// <summary>The strategy groups of a silo, and the threads that process them. It lives as long as the silo.</summary>
internal sealed partial class SiloCompute : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(250);
    // A batch grain polls several times a second; notifying a busy one is harmless.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);
    // Longest wait for the batch grain to stop the groups of a failed run. If there is no batch grain, no caller stops them.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_longestPoke = TimeSpan.FromSeconds(10);
    private const long NeverPolled = long.MinValue;

    private readonly ConcurrentDictionary<Guid, StrategyGroup> _groups = new();
    private readonly ConcurrentDictionary<string, long> _polled = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger;
    private readonly GrainSettings _settings;
    private readonly ITimer _watch;
    private readonly Lock _departure = new();
    private int _begun, _itemsBegun;
    private long? _leavingSince;

    /// <param name="steps">Steps the workers of the pool; null for threads.</param>
    internal SiloCompute(SiloServices services, GrainSettings settings, ILogger<SiloCompute> logger, IComputeSteps? steps = null)
    {
        Services = services;
        _settings = settings;
        _logger = logger;
        LostCalls = RetryPolicies.LostCall(LostCall.Is, clock: Clock);
        WorkThreads = new SemaphoreSlim(settings.Threads);
        Pool = new ComputePool(settings.Threads, settings.StrategyDeadline, steps: steps);
        _watch = Clock.CreateTimer(_ => LookAfterRuns(), null, Watch, Watch);
    }

    internal SiloServices Services { get; }

    internal IClusterMembershipService Membership => Services.Process.Membership;

    internal TimeProvider Clock => Services.Clock;

    /// <summary>Repeats lost calls to the grains of strategies.</summary>
    internal ResiliencePipeline LostCalls { get; }

    /// <summary>The threads that process the strategies.</summary>
    internal ComputePool Pool { get; }

    /// <summary>Limits the items of work that run for jobs of other silos to the number of compute threads.</summary>
    internal SemaphoreSlim WorkThreads { get; }

    /// <summary>Whether the silo is shutting down.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    internal bool IsLeaving => _leavingSince is not null;

    /// <summary>Whether an operator ordered that the silo takes no new groups.</summary>
    internal bool IsDraining { get; private set; }

    /// <summary>Whether the silo takes no new work of batches and jobs, for now or by its roles.</summary>
    internal bool IsClosed => IsLeaving || IsDraining || !_settings.Roles.HasFlag(SiloRoles.Compute);

    /// <summary>Number of bars in a block.</summary>
    internal int BlockSize => _settings.BlockSize;

    /// <summary>While it is set, no strategy processes another block.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>Number of running strategy groups.</summary>
    public int Groups => Ordered.Count(c => !c.Ended.IsCompleted);

    /// <summary>Number of strategy groups ever started on this silo.</summary>
    public int Begun => _begun;

    /// <summary>Number of items of work ever begun on this silo for jobs of other silos.</summary>
    public int ItemsBegun => _itemsBegun;

    internal void ItemBegins() => Interlocked.Increment(ref _itemsBegun);

    // In the order in which they came: it decides the order of an answer, and so what the batch grain does first.
#pragma warning disable RS0030 // sorted
    private IEnumerable<StrategyGroup> Ordered => _groups.Values.OrderBy(g => g.Number);
#pragma warning restore RS0030

    internal StrategyGroup? Find(Guid id) => _groups.GetValueOrDefault(id);

    internal void Start(GroupWork work)
    {
        if (IsLeaving || _stopping.IsCancellationRequested) throw new SiloUnavailableException("this silo is shutting down");
        if (IsClosed) throw new SiloUnavailableException("this silo takes no new work");
        if (_groups.ContainsKey(work.Id)) return;
        var group = new StrategyGroup(this, work, Interlocked.Increment(ref _begun), _stopping.Token);
        if (!_groups.TryAdd(work.Id, group)) return;
        _polled[work.Run] = Clock.GetTimestamp();
        // Without the context of its step, the group belongs to the call that orders it.
        if (!ActivityContext.TryParse(work.Trace, null, isRemote: true, out var parent)) parent = Activity.Current?.Context ?? default;
        GroupStarted(_logger, work.Run, work.Feed, work.Strategies.Length);
        _ = Task.Run(() => group.RunAsync(parent));
    }

    internal ComputeStatus StatusOf(string run)
    {
        _polled[run] = Clock.GetTimestamp();
        return new ComputeStatus(_settings.Threads, IsClosed, GroupsOf(run));
    }

    /// <summary>The groups of a run that its batch grain has not stopped.</summary>
    internal IReadOnlyList<GroupStatus> GroupsOf(string run) => [.. Ordered.Where(c => c.Work.Run == run).Select(c => c.Status)];

    /// <summary>Takes no new groups, or takes them again; the batch grains notice at their next poll.</summary>
    internal void Drain(bool drain)
    {
        IsDraining = drain;
        if (drain) DrainOrdered(_logger);
        else DrainEnded(_logger);
    }

    internal int[] GiveUp(Guid group, int most) => Find(group)?.GiveUp(most) ?? [];

    internal void Stop(string run, IReadOnlyList<Guid>? groups)
    {
        foreach (var group in Ordered)
        {
            if (group.Work.Run != run || groups is not null && !groups.Contains(group.Work.Id)) continue;
            group.Stop();
            _groups.TryRemove(group.Work.Id, out _);
        }
        if (!Ordered.Any(c => c.Work.Run == run)) _polled.TryRemove(run, out _);
    }

    /// <summary>Notifies the run's batch grain of a change.</summary>
    internal void Poke(string run) => _ = PokeAsync(run);

    private async Task PokeAsync(string run)
    {
        try
        {
            using var untraced = new Untraced();
            var batch = Services.Grains.GetGrain<IJobGrain>(run);
            if (!await batch.PokeAsync().WaitAsync(s_longestPoke, Clock, Stopping)) Stop(run, null);
        }
        catch (Exception e) when (LostCall.Is(e) || e is OperationCanceledException)
        {
            // It is notified again until it polls.
        }
    }

    // Silos that work for a batch activate its grain after a loss.
    private void LookAfterRuns()
    {
        if (_stopping.IsCancellationRequested) return;
        foreach (var (run, at) in _polled.OrderBy(p => p.Key, StringComparer.Ordinal))
            if (at == NeverPolled || Clock.GetElapsedTime(at) > Silence)
                Poke(run);
    }

    /// <summary>After the loss of a silo, notifies the batch grains of all runs until they poll again.</summary>
    internal void SiloGone()
    {
        foreach (var (run, at) in _polled) _polled.TryUpdate(run, NeverPolled, at);
        LookAfterRuns();
    }

    internal void Failed(string run, string strategy, string error)
    {
        Services.Instruments.StrategiesFailed.Add(1);
        StrategyFailed(_logger, run, strategy, error);
    }

    /// <summary>
    /// Ends this silo's process after the batch grain has ended a run whose strategy blocks a thread. The supervisor starts the silo again;
    /// its other runs continue on other silos.
    /// </summary>
    internal void EndWhenOver(string run, string fault) => _ = Task.Run(async () =>
    {
        Ends(_logger, run, fault);
        // The batch grain reads the fault with its next poll, and stores it before it stops the groups.
        bool IsRunning(TimeSpan waited) => waited < Silence || (waited < LongestEnd && Ordered.Any(g => g.Work.Run == run));
        for (var waited = TimeSpan.Zero; IsRunning(waited); waited += Watch) await Task.Delay(Watch, Clock);
        Environment.ExitCode = 1;
        Services.Process.Life.StopApplication();
    });

    internal void GroupFailed(string run, int feed, string fault, Exception e) => GroupEnded(_logger, run, feed, fault, e);

    internal void Began(GroupWork work, double seconds) =>
        GroupBegan(_logger, work.Run, work.Strategies.Length, work.Feed, seconds);

    internal void Finished(GroupWork work, double seconds) =>
        GroupFinished(_logger, work.Run, work.Strategies.Length, work.Feed, seconds);

    void ILifecycleParticipant<ISiloLifecycle>.Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(SiloCompute), ServiceLifecycleStage.Active, starting =>
    {
        _ = WatchMembersAsync();
        return Task.CompletedTask;
    }, LeaveAsync);

    private async Task WatchMembersAsync()
    {
        try
        {
            var alive = new HashSet<SiloAddress>();
            await foreach (var snapshot in Membership.MembershipUpdates.WithCancellation(Stopping))
            {
                Services.Process.Take(snapshot);
                HashSet<SiloAddress> now = [.. snapshot.Members.Values.Where(m => m.Status is SiloStatus.Active or SiloStatus.ShuttingDown
                    or SiloStatus.Stopping).Select(m => m.SiloAddress)];
                if (alive.Any(s => !now.Contains(s))) SiloGone();
                alive = now;
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Takes no new groups from now on, because the silo shuts down.</summary>
    internal void Leave()
    {
        lock (_departure)
        {
            if (IsLeaving) return;
            _leavingSince = Clock.GetTimestamp();
        }
        foreach (var run in Ordered.Select(c => c.Work.Run).Distinct(StringComparer.Ordinal)) Poke(run);
    }

    // Finishes the groups that end in time; the others run again on another silo.
    private async Task LeaveAsync(CancellationToken hurry)
    {
        Leave();
        var rest = _settings.Drain - Clock.GetElapsedTime(_leavingSince!.Value);
        try
        {
            await Task.WhenAll(Ordered.Select(c => c.Ended))
                .WaitAsync(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, Clock, hurry);
            await Services.Models.ReportAsync(hurry);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
        }
        await _stopping.CancelAsync();
    }

    public void Dispose()
    {
        if (!_stopping.IsCancellationRequested) _stopping.Cancel();
        _watch.Dispose();
        Pool.Dispose();
    }

    [LoggerMessage(5, LogLevel.Debug,
        "Run {RunId}: {Strategies} strategies of feed {Feed} started after {Seconds:0.000} s, each with its grain")]
    private static partial void GroupBegan(ILogger logger, string runId, int strategies, int feed, double seconds);

    [LoggerMessage(6, LogLevel.Information, "Run {RunId}: {Strategies} strategies of feed {Feed} finished after {Elapsed:0.000} s")]
    private static partial void GroupFinished(ILogger logger, string runId, int strategies, int feed, double elapsed);

    [LoggerMessage(1, LogLevel.Information, "Run {RunId}: {Strategies} strategies of feed {Feed} begin on this silo")]
    private static partial void GroupStarted(ILogger logger, string runId, int feed, int strategies);

    [LoggerMessage(7, LogLevel.Information, "An operator drains this silo: it takes no new strategy groups")]
    private static partial void DrainOrdered(ILogger logger);

    [LoggerMessage(8, LogLevel.Information, "This silo takes strategy groups again")]
    private static partial void DrainEnded(ILogger logger);

    [LoggerMessage(2, LogLevel.Warning, "Run {RunId}: the strategies of feed {Feed} failed on this silo: {Fault}")]
    private static partial void GroupEnded(ILogger logger, string runId, int feed, string fault, Exception exception);

    [LoggerMessage(9, LogLevel.Critical, "Run {RunId}: {Fault}. This silo ends, since the strategy keeps one of its threads")]
    private static partial void Ends(ILogger logger, string runId, string fault);

    [LoggerMessage(3, LogLevel.Warning, "Run {RunId}: strategy {Strategy} failed: {Error}")]
    private static partial void StrategyFailed(ILogger logger, string runId, string strategy, string error);
}
