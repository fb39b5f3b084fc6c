using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Application.Simulation;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Feeds;
using Granary.Cluster.Grains.Plans;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Compute;

/// <summary>What computes on a silo: its threads, and the cohorts that they walk. Grains come and go; this stays as long as the silo.</summary>
public sealed partial class SiloCompute : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(250);
    // A batch grain asks several times a second; poking one that is only busy does no harm.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);
    private const long NeverPolled = long.MinValue;

    private readonly ConcurrentDictionary<Guid, Cohort> _cohorts = new();
    private readonly ConcurrentDictionary<string, long> _polled = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger;
    private readonly GrainSettings _settings;
    private readonly StreamWindows _windows;
    private readonly IClusterMembershipService _membership;
    private readonly Timer _watch;
    private int _begun;

    internal SiloCompute(IGrainFactory grains, RunPlans plans, SharedSources sources, GrainSettings settings, StreamWindows windows, ClusterInstruments instruments, SiloAddress address, IClusterMembershipService membership, ILogger<SiloCompute> logger)
    {
        Grains = grains;
        Plans = plans;
        Sources = sources;
        Instruments = instruments;
        Address = address;
        _settings = settings;
        _windows = windows;
        _membership = membership;
        _logger = logger;
        Limits = new RunLimits { Deadline = settings.StrategyDeadline, BytesPerBlock = settings.StrategyBytesPerBlock };
        Pool = new ComputePool(settings.Threads, Limits);
        _watch = new Timer(_ => LookAfterRuns(), null, Watch, Watch);
    }

    internal IGrainFactory Grains { get; }

    internal RunPlans Plans { get; }

    internal SharedSources Sources { get; }

    internal ComputePool Pool { get; }

    internal RunLimits Limits { get; }

    internal ClusterInstruments Instruments { get; }

    internal SiloAddress Address { get; }

    /// <summary>The silo is going.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    internal bool IsLeaving { get; private set; }

    /// <summary>No strategy walks a further block while it is set.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>Cohorts that are under way here.</summary>
    public int Cohorts => _cohorts.Values.Count(c => !c.Ended.IsCompleted);

    /// <summary>Cohorts that ever began here.</summary>
    public int Begun => _begun;

    internal Cohort? Find(Guid id) => _cohorts.GetValueOrDefault(id);

    internal IAsyncEnumerable<BarBlock> Blocks(string feed, string hash, CancellationToken cancellationToken) => _settings.Blocks == BlockCarriage.Pull
        ? new FeedReceiver(Grains, feed, hash, _settings.BlocksAhead, Instruments).ReadAsync(cancellationToken)
        : _windows.ReadAsync(feed, hash, cancellationToken);

    internal void Start(CohortOrder order)
    {
        if (IsLeaving || _stopping.IsCancellationRequested) throw new SiloUnavailableException("this silo is leaving");
        var cohort = new Cohort(this, order, _stopping.Token);
        if (!_cohorts.TryAdd(order.Id, cohort)) return;
        _polled[order.Run] = Stopwatch.GetTimestamp();
        var parent = Activity.Current?.Context ?? default;
        Interlocked.Increment(ref _begun);
        CohortStarted(_logger, order.Run, order.Feed, order.Strategies.Length);
        _ = Task.Run(() => cohort.RunAsync(parent));
    }

    internal ComputeStatus StatusOf(string run)
    {
        _polled[run] = Stopwatch.GetTimestamp();
        return new ComputeStatus(_settings.Threads, IsLeaving, [.. _cohorts.Values.Where(c => c.Order.Run == run).Select(c => c.Status)]);
    }

    internal int[] GiveUp(Guid cohort, int most) => Find(cohort)?.GiveUp(most) ?? [];

    internal void Stop(string run, IReadOnlyList<Guid>? cohorts)
    {
        foreach (var (id, cohort) in _cohorts)
        {
            if (cohort.Order.Run != run || cohorts is not null && !cohorts.Contains(id)) continue;
            cohort.Stop();
            _cohorts.TryRemove(id, out _);
        }
        if (!_cohorts.Values.Any(c => c.Order.Run == run)) _polled.TryRemove(run, out _);
    }

    /// <summary>Tells the run's batch grain that there is news.</summary>
    internal void Poke(string run) => _ = PokeAsync(run);

    private async Task PokeAsync(string run)
    {
        try
        {
            if (!await Grains.GetGrain<IBatchGrain>(run).PokeAsync().WaitAsync(TimeSpan.FromSeconds(10), Stopping)) Stop(run, null);
        }
        catch (Exception e) when (Loss.Is(e) || e is OperationCanceledException)
        {
            // It is poked again soon, as long as it does not ask by itself.
        }
    }

    // A batch grain that was lost with its silo is woken by those who work for it.
    private void LookAfterRuns()
    {
        if (_stopping.IsCancellationRequested) return;
        foreach (var (run, at) in _polled)
            if (at == NeverPolled || Stopwatch.GetElapsedTime(at) > Silence)
                Poke(run);
    }

    /// <summary>A silo is gone: any run's batch grain may have been on it, and is poked until it asks again.</summary>
    internal void SiloGone()
    {
        foreach (var (run, at) in _polled) _polled.TryUpdate(run, NeverPolled, at);
        LookAfterRuns();
    }

    internal void Failed(string run, string strategy, string error)
    {
        Instruments.StrategiesFailed.Add(1);
        StrategyFailed(_logger, run, strategy, error);
    }

    internal void CohortFailed(string run, int feed, string fault, Exception e) => CohortEnded(_logger, run, feed, fault, e);

    internal void Joined(CohortOrder order, double seconds) => CohortJoined(_logger, order.Run, order.Strategies.Length, order.Feed, seconds);

    internal void Walked(CohortOrder order, double seconds) => CohortWalked(_logger, order.Run, order.Strategies.Length, order.Feed, seconds);

    internal void NotActivated(string run, string strategy) => StrategyNotActivated(_logger, run, strategy);

    void ILifecycleParticipant<ISiloLifecycle>.Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(SiloCompute), ServiceLifecycleStage.Active, starting =>
    {
        _ = WatchMembersAsync();
        return Task.CompletedTask;
    }, LeaveAsync);

    private async Task WatchMembersAsync()
    {
        try
        {
            var alive = new HashSet<SiloAddress>();
            await foreach (var snapshot in _membership.MembershipUpdates.WithCancellation(Stopping))
            {
                HashSet<SiloAddress> now = [.. snapshot.Members.Values.Where(m => m.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping).Select(m => m.SiloAddress)];
                if (alive.Any(s => !now.Contains(s))) SiloGone();
                alive = now;
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // What can be finished before the silo must be gone is finished; the rest is run again elsewhere.
    private async Task LeaveAsync(CancellationToken hurry)
    {
        IsLeaving = true;
        foreach (var run in _cohorts.Values.Select(c => c.Order.Run).Distinct(StringComparer.Ordinal)) Poke(run);
        try
        {
            await Task.WhenAll(_cohorts.Values.Select(c => c.Ended)).WaitAsync(_settings.Drain, hurry);
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

    [LoggerMessage(5, LogLevel.Information, "Run {RunId}: {Strategies} strategies of feed {Feed} have begun, and all have their activations after {Seconds:0.000} s")]
    private static partial void CohortJoined(ILogger logger, string runId, int strategies, int feed, double seconds);

    [LoggerMessage(6, LogLevel.Information, "Run {RunId}: {Strategies} strategies of feed {Feed} are through after {Elapsed:0.000} s")]
    private static partial void CohortWalked(ILogger logger, string runId, int strategies, int feed, double elapsed);

    [LoggerMessage(1, LogLevel.Information, "Run {RunId}: {Strategies} strategies of feed {Feed} begin on this silo")]
    private static partial void CohortStarted(ILogger logger, string runId, int feed, int strategies);

    [LoggerMessage(2, LogLevel.Warning, "Run {RunId}: the strategies of feed {Feed} cannot go on here: {Fault}")]
    private static partial void CohortEnded(ILogger logger, string runId, int feed, string fault, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "Run {RunId}: strategy {Strategy} failed: {Error}")]
    private static partial void StrategyFailed(ILogger logger, string runId, string strategy, string error);

    [LoggerMessage(4, LogLevel.Warning, "Run {RunId}: strategy {Strategy} runs without an activation of its own, since none could be had on this silo")]
    private static partial void StrategyNotActivated(ILogger logger, string runId, string strategy);
}
