using System.Diagnostics;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Plans;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Telemetry;
using Granary.Storage.Retries;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// The order in which the silo's threads process the blocks of some strategies of one feed. They share its bars and factors, and send their
/// reports together. The grain of each strategy owns it.
/// </summary>
internal sealed class StrategyGroup
{
    private const int StartsAtOnce = 128;

    private const int MostTraced = 20;

    private readonly SiloCompute _silo;
    private readonly long _orderedAt;
    private readonly CancellationTokenSource _stop;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // Ends when all strategies have ended, or with a fault.
    private readonly TaskCompletionSource _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // Ends when no thread of the silo works for the group any more.
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly ReportSender _sender;
    // By slot; their grains make them.
    private readonly OwnedStrategy?[] _strategies;
    private GroupFeed? _feed;
    private FeedExecution? _execution;
    private Activity? _activity;
    private int _kept, _open;
    private long _counted;
    private double _startSeconds;
    private bool _isRunning;

    public StrategyGroup(SiloCompute silo, GroupWork work, int number, CancellationToken stop)
    {
        _silo = silo;
        _orderedAt = silo.Clock.GetTimestamp();
        (Work, Number) = (work, number);
        _kept = _open = work.Strategies.Length;
        _strategies = new OwnedStrategy?[_kept];
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _sender = new ReportSender(silo.Services.Grains, work.Run, work.Pass, silo.Pool.Pulse, silo.Clock, _stop.Token);
    }

    public GroupWork Work { get; }

    /// <summary>Number of the order on this silo. If several groups have a strategy, the one with the newest order counts.</summary>
    public int Number { get; }

    public GroupState State { get; private set; }

    public string? Fault { get; private set; }

    public bool MayPass { get; private set; }

    /// <summary>Completes when the group has ended, with or without success.</summary>
    public Task Ended => _ended.Task;

    public GroupStatus Status
    {
        get
        {
            Count();
            lock (_lock)
            {
                return new GroupStatus(Work.Id, Work.Pass, Work.Feed, State, Work.Strategies[.._kept], _execution?.Evaluations ?? 0,
                    _execution?.Bars ?? 0, Fault, MayPass, _startSeconds);
            }
        }
    }

    // Adds the bar evaluations since the last call to the silo's meter.
    private void Count()
    {
        var evaluations = _execution?.Evaluations ?? 0;
        _silo.Services.Instruments.Bars.Add(evaluations - Interlocked.Exchange(ref _counted, evaluations));
    }

    /// <summary>Runs the group from its order to the durable report.</summary>
    public async Task RunAsync(ActivityContext parent)
    {
        using var activity = ClusterInstruments.Traces.StartActivity(GroupSpan.Name, ActivityKind.Internal, parent);
        _activity = activity?.SetTag(GranaryInstruments.Run, Work.Run).SetTag(GranaryInstruments.Strategies, Work.Strategies.Length);
        try
        {
            var plan = await _silo.Services.Plans.GetAsync(Work.Run, Work.Trials).WaitAsync(_stop.Token);
            activity?.SetTag(GranaryInstruments.Feed, plan.Feeds[Work.Feed].ToString());
            _feed = await GroupFeed.OpenAsync(_silo.Services, Work, plan, _stop.Token);
            await StartAllAsync(_feed.Instances);
            var execution = Execute(_feed);
            _silo.Pool.Add(execution);
            _execution = execution;
            Begin();
            if (await Task.WhenAny(_reported.Task, _sender.Sending) == _sender.Sending) await _sender.Sending;
            await _reported.Task.WaitAsync(_stop.Token);
            _silo.Finished(Work, _silo.Clock.GetElapsedTime(_orderedAt).TotalSeconds);
            SetState(GroupState.Done);
        }
        catch (Exception e)
        {
            var fault = Fail(_reported.Task.Exception?.InnerException ?? e);
            activity?.SetStatus(ActivityStatusCode.Error, fault);
        }
        finally
        {
            if (_execution is { } execution) GroupSpan.Count(activity, execution);
            await CloseAsync();
        }
    }

    private async Task CloseAsync()
    {
        Count();
        if (_isRunning) _silo.Services.Instruments.StrategiesRunning.Add(-Work.Strategies.Length);
        await _stop.CancelAsync();
        if (_execution is { } execution)
        {
            _silo.Pool.Stop(execution);
            await _left.Task;
        }
        var over = new OperationCanceledException("the group has ended");
        foreach (var strategy in _strategies) strategy?.Lose(over);
        _ = _reported.Task.Exception; // the group has ended for a reason of its own
        if (_feed is { } feed) await feed.DisposeAsync();
        _ended.TrySetResult();
    }

    // Each strategy gets its grain on this silo, which makes its run.
    private async Task StartAllAsync(IReadOnlyList<StrategyInstance> instances)
    {
        var next = 0;
        using var untraced = new Untraced();
        await Task.WhenAll(Enumerable.Range(0, Math.Min(StartsAtOnce, instances.Count)).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) - 1 is var slot && slot < instances.Count) await StartAsync(instances[slot].Id, slot);
        }));
    }

    private async Task StartAsync(string id, int slot)
    {
        var grain = _silo.Services.Grains.GetGrain<IStrategyGrain>($"{Work.Run}/{id}");
        var started = await _silo.LostCalls.RunAsync(async stop => await grain.StartAsync(Work.Id, slot).AsTask().WaitAsync(stop),
            _stop.Token);
        if (!started) throw new SiloUnavailableException($"a newer group on this silo runs {id}");
    }

    /// <summary>Makes the strategy of a slot for the grain that owns it.</summary>
    public OwnedStrategy Make(int slot)
    {
        var (instance, feed) = (_feed!.Instances[slot], _feed.Feed);
        return _strategies[slot] = new OwnedStrategy(this, instance, feed, _sender, Work.WithEvents,
            Work.Stopped?.GetValueOrDefault(instance.Id));
    }

    private FeedExecution Execute(GroupFeed feed)
    {
        var slot = 0;
        return new(feed.Feed, [.. _strategies.Select(s => s!.Run)], (i, stop) => feed.ReadAsync(i, _silo.BlockSize, stop))
        {
            HasEnded = Work.HasEnded,
            Held = () => _sender.IsFull || _silo.IsHeld,
            Finished = outcomes =>
            {
                foreach (var outcome in outcomes) _strategies[slot++]!.Finish(outcome);
            },
            Ended = fault =>
            {
                if (fault is not null) _reported.TrySetException(fault);
                _left.TrySetResult();
            },
        };
    }

    private void Begin()
    {
        _isRunning = true;
        _silo.Services.Instruments.StrategiesRunning.Add(Work.Strategies.Length);
        lock (_lock)
        {
            if (State == GroupState.Starting) State = GroupState.Running;
            _startSeconds = _silo.Clock.GetElapsedTime(_orderedAt).TotalSeconds;
        }
        _silo.Began(Work, _startSeconds);
    }

    /// <summary>Takes note that a strategy has ended: its outcome is durable, or the silo has given it up.</summary>
    /// <param name="error">Why the strategy failed alone; null if it did not.</param>
    /// <param name="fault">Why its outcome is not durable, so the group must run again; null if it is.</param>
    public void StrategyEnded(string strategy, string? error, Exception? fault)
    {
        if (fault is not null)
        {
            _reported.TrySetException(fault);
            return;
        }
        _silo.Services.Instruments.StrategiesEnded.Add(1);
        if (error is not null) Failed(strategy, error);
        if (Interlocked.Decrement(ref _open) == 0) _reported.TrySetResult();
    }

    // A trace shows a few of the strategies that failed; the log has all.
    private void Failed(string strategy, string error)
    {
        if (_activity?.Events.Take(MostTraced).Count() < MostTraced)
            _activity.AddEvent(new ActivityEvent("strategy failed",
                tags: new ActivityTagsCollection { ["granary.strategy"] = strategy, ["granary.error"] = error }));
        _silo.Failed(Work.Run, strategy, error);
    }

    // Returns the fault in one sentence.
    private string Fail(Exception e)
    {
        var fault = e is BarDataException or BarStoreException or ReportsLostException or StuckStrategyException ? e.Message
            : $"{e.GetType().Name}: {e.Message}";
        lock (_lock)
        {
            State = GroupState.Failed;
            Fault = fault;
            MayPass = e is not (InputException or BarDataException or ArgumentException or StuckStrategyException);
        }
        if (e is not (OperationCanceledException or RunEndedException)) _silo.GroupFailed(Work.Run, Work.Feed, fault, e);
        if (e is StuckStrategyException) _silo.EndWhenOver(Work.Run, fault);
        return fault;
    }

    private void SetState(GroupState state)
    {
        Count();
        lock (_lock) State = state;
        _silo.Poke(Work.Run);
    }

    /// <summary>Gives up strategies, the last ones first, so another silo can run them from their first bar.</summary>
    /// <returns>Indices of the strategies in the plan.</returns>
    public int[] GiveUp(int most)
    {
        if (_execution is not { } execution || State != GroupState.Running) return [];
        var given = _silo.Pool.GiveUp(execution, most).Count;
        int kept;
        lock (_lock) kept = _kept -= given;
        foreach (var strategy in _strategies[kept..(kept + given)]) strategy!.GiveUp();
        return Work.Strategies[kept..(kept + given)];
    }

    public void Stop() => _stop.Cancel();
}
