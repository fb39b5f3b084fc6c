using System.Diagnostics;
using Granary.Application.Batches;
using Granary.Application.Causality;
using Granary.Application.Learning;
using Granary.Application.Simulation;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Feeds;
using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Grains.Plans;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine.Market;
using Granary.Learning.Gating;
using Granary.Storage.Retries;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// A strategy group: strategies of one feed on this silo, with one receiver of blocks, one set of factors, and one activation each.
/// </summary>
internal sealed class StrategyGroup
{
    private const int JoinsAtOnce = 128;

    private const int MostTraced = 20;

    // Total seconds that its strategies wait for the directory.
    private const int MostWaits = 10;

    private readonly SiloCompute _silo;
    private readonly CancellationTokenSource _stop;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IReadOnlyList<StrategyOutcome>> _processed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _ordered = Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();
    private int[] _strategies;
    private FeedExecution? _execution;
    private long _evaluations, _bars, _counted;
    private readonly SemaphoreSlim _repairing = new(1);
    private double _startSeconds;
    private int _waits;
    private volatile bool _unjoinable;
    private bool _isRunning;

    public StrategyGroup(SiloCompute silo, GroupOrder order, CancellationToken stop)
    {
        _silo = silo;
        Order = order;
        _strategies = order.Strategies;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    public GroupOrder Order { get; }

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
            using (var maker = new StrategyMaker(execution, _silo.Limits.Deadline)) await maker.Made.WaitAsync(_stop.Token);
            _stop.Token.ThrowIfCancellationRequested();
            for (var slot = 0; Order.Stopped is { } stopped && slot < Order.Strategies.Length; slot++)
                if (stopped.TryGetValue(plan.Instances[Order.Strategies[slot]].Id, out var reason)) StopStrategy(slot, reason);
            _silo.Pool.Add(execution);
            // The threads start while activations are created; processing does not wait for them.
            var joining = JoinAllAsync(execution);
            Begin();
            _ = TellWhenJoinedAsync(joining);
            var outcomes = await ProcessedAsync(execution, reporter);
            await joining;
            _silo.Finished(Order, Stopwatch.GetElapsedTime(_ordered).TotalSeconds);
            SetState(GroupState.Reporting);
            await reporter.FinishAsync(outcomes);
            foreach (var outcome in outcomes)
                if (outcome.Error is { } error)
                    Failed(activity, plan.Instances[outcome.Index].Id, error);
            activity?.SetTag("granary.bars", execution.Evaluations);
            SetState(GroupState.Done);
        }
        catch (Exception e)
        {
            var fault = Fail(e);
            activity?.SetStatus(ActivityStatusCode.Error, fault);
        }
        finally
        {
            Count();
            if (_isRunning) _silo.Services.Instruments.StrategiesRunning.Add(-Order.Strategies.Length);
            _stop.Cancel();
            lock (_lock) _execution = null;
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
        var headers = await Task.WhenAll(feed.Symbols.Select((s, i) => OpenAsync(KeyOf(feed, s), Order.Hashes[i])));
        var series = new List<MarketSeries>();
        for (var i = 0; i < headers.Length; i++)
            series.Add(await WithPathAsync(plan.Spec, feed, feed.Symbols[i], headers[i].Instrument!));
        var settings = plan.Spec.Execution.Settings;
        return new FeedExecution(feed,
            [.. Order.Strategies.Select(i => models.TryGetValue(i, out var model) ? plan.Instances[i] with { Model = model }
                : plan.Instances[i])],
            series,
            (i, stop) => _silo.Blocks(KeyOf(feed, feed.Symbols[i]), Order.Hashes[i], stop),
            new FeedSettings(Order.Stressed ? settings.Stressed() : settings, Order.WithEvents ? reporter : null, Order.WithFactors)
            {
                Limits = _silo.Limits,
            })
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
        var fault = e is FeedFaultException or ReportsLostException ? e.Message : $"{e.GetType().Name}: {e.Message}";
        lock (_lock)
        {
            State = GroupState.Failed;
            Fault = fault;
            MayPass = e switch
            {
                FeedFaultException f => f.MayPass,
                Application.Json.InputException or BarDataException or ArgumentException => false,
                _ => true,
            };
        }
        if (e is not (OperationCanceledException or RunOverException)) _silo.GroupFailed(Order.Run, Order.Feed, fault, e);
        return fault;
    }

    // Fetches each model of its strategies once.
    private async Task<Dictionary<int, EntryModel>> ModelsAsync()
    {
        var models = new Dictionary<int, EntryModel>();
        var catalogues = (await _silo.Services.Plans.GetAsync(Order.Run)).Spec.Catalogues;
        foreach (var use in Order.Models)
        {
            byte[]? bytes = null;
            for (var attempt = 1; bytes is null; attempt++)
            {
                try
                {
                    bytes = await _silo.Services.Grains.GetGrain<IReportingGrain>(Order.Run).ModelAsync(Order.Pass, use.Number)
                        .WaitAsync(TimeSpan.FromSeconds(30), _stop.Token);
                }
                catch (Exception e) when (Loss.Is(e) && attempt < 20)
                {
                }
                // The reporting grain may be restarting and will have the pass again.
                if (bytes is null && attempt == 100) throw new TimeoutException($"model {use.Number} of the pass is not available");
                if (bytes is null) await Task.Delay(100, _stop.Token);
            }
            var model = EntryModelFile.FromBytes(bytes, catalogues);
            foreach (var strategy in use.Strategies) models[strategy] = model;
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
            _startSeconds = Stopwatch.GetElapsedTime(_ordered).TotalSeconds;
        }
    }

    private async Task TellWhenJoinedAsync(Task joining)
    {
        await joining.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (joining.IsCompletedSuccessfully) _silo.Joined(Order, Stopwatch.GetElapsedTime(_ordered).TotalSeconds);
    }

    private void SetState(GroupState state)
    {
        Count();
        lock (_lock) State = state;
        _silo.Poke(Order.Run);
    }

    // Smaller bars of a batch are read on this silo, because only its strategies use them.
    private async Task<MarketSeries> WithPathAsync(BatchSpec spec, FeedPlan feed, string symbol, Instrument instrument)
    {
        if (IntrabarPaths.TimeframeFor(spec, feed.Timeframe) is null) return new MarketSeries(instrument, feed.Timeframe);
        var source = _silo.Services.Sources.Open(Order.Run, spec.Data, spec.Folder);
        await using var bars = await source.OpenAsync(new BarQuery(symbol, spec.Data.Timeframe, spec.ReadFrom, spec.Data.To), _stop.Token);
        await using var smaller = await IntrabarPaths.OpenAsync(source, spec, symbol, _stop.Token);
        return IntrabarPaths.With(spec, new OpenedMarket(symbol, SeriesChanges.Apply(bars, Order.Changes), instrument, smaller),
            feed.Timeframe);
    }

    private string KeyOf(FeedPlan feed, string symbol) => new FeedKey(Order.Run, symbol, feed.Timeframe, Order.Changes).ToString();

    private async Task<FeedHeader> OpenAsync(string key, string hash)
    {
        var header = await RetryPolicies.LostCall(Loss.Is)
            .RunAsync(stop => _silo.Services.Grains.GetGrain<ISymbolFeedGrain>(key).OpenAsync(hash).WaitAsync(stop), _stop.Token);
        return header.Fault is null ? header : throw new FeedFaultException(header.Fault, header.MayPass);
    }

    // Creates an activation for each strategy on this silo, so that a call by id reaches it where its blocks are.
    private async Task JoinAllAsync(FeedExecution execution)
    {
        var next = 0;
        using var untraced = new Untraced();
        await Task.WhenAll(Enumerable.Range(0, Math.Min(JoinsAtOnce, Order.Strategies.Length)).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) - 1 is var slot && slot < Order.Strategies.Length) await JoinAsync(execution, slot);
        }));
    }

    private async Task JoinAsync(FeedExecution execution, int slot)
    {
        var id = execution.Groups[slot / RunGroup.Size].Instances[slot % RunGroup.Size].Id;
        var grain = _silo.Services.Grains.GetGrain<IStrategyGrain>($"{Order.Run}/{id}");
        var joined = await TryJoinAsync(grain, slot);
        // Half of the directory may be lost with a silo. Until the others have noticed, each call fails at some cost: one strategy
        // tries for all, and the others wait for it.
        if (joined is null && !_unjoinable)
        {
            await _repairing.WaitAsync(_stop.Token);
            try
            {
                for (var pause = 100; !_unjoinable && (joined = await TryJoinAsync(grain, slot)) is null; pause = Math.Min(2 * pause, 1000))
                {
                    if (pause == 1000 && ++_waits == MostWaits) _unjoinable = true;
                    await Task.Delay(pause, _stop.Token);
                }
            }
            finally
            {
                _repairing.Release();
            }
        }
        // An activation of an earlier attempt may live on another silo: it ends when it is called.
        for (var attempt = 0; joined == false && attempt < 5; attempt++)
        {
            await Task.Delay(20 << attempt, _stop.Token);
            joined = await TryJoinAsync(grain, slot);
        }
        // The strategy runs without an activation: the threads have it already.
        if (joined != true) _silo.NotActivated(Order.Run, id);
    }

    /// <returns>The answer; null if the call was lost with a silo.</returns>
    private async Task<bool?> TryJoinAsync(IStrategyGrain grain, int slot)
    {
        try
        {
            Task<bool> joining;
            using (CallersSiloPlacement.On(_silo.Services.Address)) joining = grain.JoinAsync(Order.Id, slot).AsTask();
            return await joining.WaitAsync(_stop.Token);
        }
        catch (Exception e) when (Loss.Is(e))
        {
            return null;
        }
    }

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
        return given;
    }

    public void Stop() => _stop.Cancel();
}
