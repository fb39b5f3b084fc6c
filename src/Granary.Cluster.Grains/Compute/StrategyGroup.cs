using System.Diagnostics;
using Granary.Application.Batches;
using Granary.Application.Causality;
using Granary.Application.Simulation;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Models;
using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Grains.Plans;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;
using Granary.Learning.Gating;
using Granary.Storage.Retries;
using Polly;

namespace Granary.Cluster.Grains.Compute;

/// <summary>A newer group on this silo has taken over a strategy.</summary>
internal sealed class SupersededException(string strategy) : Exception($"a newer group on this silo runs {strategy}");

/// <summary>
/// A strategy group: strategies of one feed on this silo, with one receiver of blocks and one set of factors. Each strategy is owned by its
/// grain; the silo's threads process the runs for these grains.
/// </summary>
internal sealed class StrategyGroup
{
    private const int StartsAtOnce = 128;

    private const int MostTraced = 20;

    private static readonly ResiliencePipeline s_lostCall = RetryPolicies.LostCall(Loss.Is);

    private readonly SiloCompute _silo;
    private readonly CancellationTokenSource _stop;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IReadOnlyList<StrategyOutcome>> _processed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StrategySlot[] _slots;
    private readonly Lock _lock = new();
    private readonly List<BatchModelLease> _models = [];
    private int[] _strategies;
    private FeedExecution? _execution;
    private long _evaluations, _bars, _counted;
    private GroupReporter? _reporter;
    private Exception? _unowned;
    private OpenedMarket[] _markets = [];
    private double _startSeconds;
    private bool _isRunning;

    public StrategyGroup(SiloCompute silo, GroupOrder order, CancellationToken stop)
    {
        _silo = silo;
        Order = order;
        _strategies = order.Strategies;
        _slots = [.. order.Strategies.Select((_, slot) => new StrategySlot(this, slot))];
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    public GroupOrder Order { get; }

    /// <summary>Time of the order, in ticks of the stopwatch: the newest group of a strategy is the one that counts.</summary>
    public long OrderedAt { get; } = Stopwatch.GetTimestamp();

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
            lock (_lock) return new GroupStatus(Order.Id, Order.Pass, Order.Feed, State, _strategies, _evaluations, _bars, Fault, MayPass,
                _startSeconds);
        }
    }

    // The counters of the execution become the group's status and the silo's meters.
    private void Count()
    {
        lock (_lock)
        {
            if (_execution is not { } execution) return;
            (_evaluations, _bars) = (execution.Evaluations, execution.Bars);
            _silo.Services.Instruments.Bars.Add(_evaluations - _counted);
            _counted = _evaluations;
        }
    }

    /// <summary>Runs the group from its order to the durable report.</summary>
    public async Task RunAsync(ActivityContext parent)
    {
        using var activity = ClusterInstruments.Traces.StartActivity("strategy-group", ActivityKind.Internal, parent);
        activity?.SetTag("granary.run", Order.Run).SetTag("granary.strategies", Order.Strategies.Length);
        try
        {
            var plan = await _silo.Services.Plans.GetAsync(Order.Run).WaitAsync(_stop.Token);
            var feed = plan.Feeds[Order.Feed];
            activity?.SetTag("granary.feed", feed.ToString());
            var reporter = new GroupReporter(_silo.Services.Grains, Order.Run, Order.Pass, _silo.Pool.Pulse, _stop.Token);
            var execution = await OpenAsync(plan, feed, reporter);
            lock (_lock) _execution = execution;
            _reporter = reporter;
            await StartAllAsync(execution);
            _stop.Token.ThrowIfCancellationRequested();
            for (var slot = 0; Order.Stopped is { } stopped && slot < Order.Strategies.Length; slot++)
                if (stopped.TryGetValue(plan.Instances[Order.Strategies[slot]].Id, out var reason)) StopStrategy(slot, reason);
            _silo.Pool.Add(execution);
            Begin();
            var outcomes = await ProcessedAsync(execution, reporter);
            _silo.Finished(Order, Stopwatch.GetElapsedTime(OrderedAt).TotalSeconds);
            SetState(GroupState.Reporting);
            // Outcomes come in the order of the slots; the last slots may have been given up.
            for (var slot = 0; slot < outcomes.Count; slot++) _slots[slot].End(outcomes[slot]);
            await reporter.FinishAsync(outcomes.Count);
            foreach (var outcome in outcomes)
                if (outcome.Error is { } error)
                    Failed(activity, plan.Instances[outcome.Index].Id, error);
            activity?.SetTag("granary.bars", execution.Evaluations);
            SetState(GroupState.Done);
        }
        catch (Exception e)
        {
            var fault = Fail(_unowned ?? e);
            activity?.SetStatus(ActivityStatusCode.Error, fault);
        }
        finally
        {
            Count();
            if (_isRunning) _silo.Services.Instruments.StrategiesRunning.Add(-Order.Strategies.Length);
            _stop.Cancel();
            lock (_lock) _execution = null;
            foreach (var model in _models) model.Dispose();
            foreach (var market in _markets) await market.Series.DisposeAsync();
            foreach (var slot in _slots) slot.End(null);
            _ended.TrySetResult();
        }
    }

    // A trace shows a few of the strategies that failed; the log has all.
    private void Failed(Activity? activity, string strategy, string error)
    {
        if (activity?.Events.Take(MostTraced).Count() < MostTraced)
            activity.AddEvent(new ActivityEvent("strategy failed",
                tags: new ActivityTagsCollection { ["granary.strategy"] = strategy, ["granary.error"] = error }));
        _silo.Failed(Order.Run, strategy, error);
    }

    private async Task<FeedExecution> OpenAsync(BatchPlan plan, FeedPlan feed, GroupReporter reporter)
    {
        var models = await ModelsAsync();
        var source = _silo.Services.Sources.OpenForStrategies(Order.Run, plan.Spec.Data);
        _markets = await Task.WhenAll(feed.Symbols.Select((s, i) => OpenAsync(source, plan.Spec, s, Order.Hashes[i])));
        var series = new List<MarketSeries>();
        foreach (var market in _markets) series.Add(await WithPathAsync(source, plan.Spec, market, feed.Timeframe));
        var settings = plan.Spec.Execution.Settings;
        return new FeedExecution(feed,
            [.. Order.Strategies.Select(i => models.TryGetValue(i, out var model) ? plan.Instances[i] with { Model = model }
                : plan.Instances[i])],
            series,
            (i, stop) => FeedBlocks.ReadAsync(_markets[i].Series, feed.Timeframe, _silo.BlockSize, stop),
            new FeedSettings(Order.Stressed ? settings.Stressed() : settings, Order.WithEvents ? reporter : null, Order.WithFactors))
        {
            HasEnded = Order.HasEnded,
            Held = () => reporter.IsFull || _silo.IsHeld,
            Finished = outcomes => _processed.TrySetResult(outcomes),
            Ended = fault =>
            {
                if (fault is not null) _processed.TrySetException(fault);
                else _processed.TrySetCanceled();
            },
        };
    }

    private async Task<IReadOnlyList<StrategyOutcome>> ProcessedAsync(FeedExecution execution, GroupReporter reporter)
    {
        using var stopping = _stop.Token.Register(() => _silo.Pool.Stop(execution));
        // If the reporter fails, processing ends too.
        if (await Task.WhenAny(_processed.Task, reporter.Sending) == reporter.Sending && !_processed.Task.IsCompleted
            && !reporter.Sending.IsCompletedSuccessfully)
        {
            _silo.Pool.Stop(execution);
            await reporter.Sending;
        }
        return await _processed.Task;
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
            MayPass = e switch
            {
                Application.Json.InputException or BarDataException or ArgumentException or StuckStrategyException => false,
                _ => true,
            };
        }
        if (e is not (OperationCanceledException or RunOverException)) _silo.GroupFailed(Order.Run, Order.Feed, fault, e);
        if (e is StuckStrategyException) _silo.EndWhenOver(Order.Run, fault);
        return fault;
    }

    private async Task<Dictionary<int, EntryModel>> ModelsAsync()
    {
        var models = new Dictionary<int, EntryModel>();
        var catalogues = (await _silo.Services.Plans.GetAsync(Order.Run)).Spec.Catalogues;
        foreach (var use in Order.Models)
        {
            var lease = await _silo.Services.Models.TakeAsync(Order.Run, Order.Pass, use.Number, catalogues, _stop.Token);
            _models.Add(lease);
            foreach (var strategy in use.Strategies) models[strategy] = lease.Model;
        }
        return models;
    }

    private void Begin()
    {
        _isRunning = true;
        _silo.Services.Instruments.StrategiesRunning.Add(Order.Strategies.Length);
        lock (_lock)
        {
            State = GroupState.Running;
            _startSeconds = Stopwatch.GetElapsedTime(OrderedAt).TotalSeconds;
        }
        _silo.Began(Order, _startSeconds);
    }

    private void SetState(GroupState state)
    {
        Count();
        lock (_lock) State = state;
        _silo.Poke(Order.Run);
    }

    private async Task<MarketSeries> WithPathAsync(IBarSource source, BatchSpec spec, OpenedMarket market, Timeframe timeframe)
    {
        if (IntrabarPaths.TimeframeFor(spec, timeframe) is null) return new MarketSeries(market.Instrument, timeframe);
        await using var smaller = await IntrabarPaths.OpenAsync(source, spec, market.Symbol, _stop.Token);
        return IntrabarPaths.With(spec, market with { Smaller = smaller }, timeframe);
    }

    private async Task<OpenedMarket> OpenAsync(IBarSource source, BatchSpec spec, string symbol, string hash)
    {
        var series = await WarmUpSpan.OpenAsync(source, spec, symbol, _stop.Token);
        if (series.ContentHash == hash) return new OpenedMarket(symbol, SeriesChanges.Apply(series, Order.Changes), series.Instrument);
        await series.DisposeAsync();
        throw new BarDataException($"the bars of {symbol} that the silo {_silo.Services.Address.Endpoint} reads from {spec.Data.Source} "
            + "are not those that the run began with; give all silos the same data");
    }

    // Each strategy gets its grain on this silo.
    private async Task StartAllAsync(FeedExecution execution)
    {
        var next = 0;
        using var untraced = new Untraced();
        await Task.WhenAll(Enumerable.Range(0, Math.Min(StartsAtOnce, _slots.Length)).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) - 1 is var slot && slot < _slots.Length) await StartAsync(execution, slot);
        }));
    }

    private async Task StartAsync(FeedExecution execution, int slot)
    {
        var id = execution.Groups[slot / RunGroup.Size].Instances[slot % RunGroup.Size].Id;
        var grain = _silo.Services.Grains.GetGrain<IStrategyGrain>($"{Order.Run}/{id}");
        var started = await s_lostCall.RunAsync(async stop =>
        {
            Task<bool> starting;
            using (CallersSiloPlacement.On(_silo.Services.Address)) starting = grain.StartAsync(Order.Id, slot).AsTask();
            return await starting.WaitAsync(stop);
        }, _stop.Token);
        if (!started) throw new SupersededException(id);
    }

    /// <summary>Takes the outcome of a strategy from the grain that owns it.</summary>
    public void Report(StrategyOutcome outcome) => _reporter!.Report(outcome);

    /// <summary>Gives a strategy to a new activation of its grain, because the earlier one has ended.</summary>
    public void OwnAgain(int slot)
    {
        if (_execution is { } execution && !_stop.IsCancellationRequested) _ = Task.Run(() => OwnAgainAsync(execution, slot));
    }

    private async Task OwnAgainAsync(FeedExecution execution, int slot)
    {
        try
        {
            using var untraced = new Untraced();
            await StartAsync(execution, slot);
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            // Without an owner the outcome is not reported: the group runs again on another silo.
            _unowned = e;
            await _stop.CancelAsync();
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Returns a place of the group; null after its end.</summary>
    public StrategySlot? SlotAt(int slot) => slot < _slots.Length && !_ended.Task.IsCompleted ? _slots[slot] : null;

    /// <summary>Returns a strategy as it stands; null after the end of the group.</summary>
    public BatchStrategy? StrategyAt(int slot) => _execution?.Groups[slot / RunGroup.Size] is { } group
        ? RunningStrategies.Of(group.Instances[slot % RunGroup.Size].Id, group, slot % RunGroup.Size) : null;

    /// <summary>Stops a strategy before its next block.</summary>
    /// <returns>false after the end of the group.</returns>
    public bool StopStrategy(int slot, string reason)
    {
        if (_execution is not { } execution) return false;
        execution.Groups[slot / RunGroup.Size].Stop(slot % RunGroup.Size, reason);
        return true;
    }

    public int[] GiveUp(int most)
    {
        if (_execution is not { } execution || State != GroupState.Running) return [];
        int[] given = [.. _silo.Pool.GiveUp(execution, most).SelectMany(g => g.Instances).Select(i => i.Index)];
        lock (_lock) _strategies = [.. _strategies.Except(given)];
        for (var slot = _slots.Length - 1; slot >= 0; slot--)
            if (given.Contains(Order.Strategies[slot])) _slots[slot].End(null);
        return given;
    }

    public void Stop() => _stop.Cancel();
}
