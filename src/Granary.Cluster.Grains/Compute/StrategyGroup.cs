using System.Diagnostics;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Models;
using Granary.Cluster.Grains.Plans;
using Granary.Cluster.Grains.Telemetry;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Learning.Gating;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Passes;
using Granary.Storage.Retries;
using Polly;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// The strategies of one feed that run on this silo: they share its blocks and factors, and the silo's threads process them together. Each
/// strategy is owned by its grain.
/// </summary>
internal sealed class StrategyGroup
{
    private const int StartsAtOnce = 128;

    private const int MostTraced = 20;

    private static readonly ResiliencePipeline s_lostCall = RetryPolicies.LostCall(Loss.Is);

    private readonly SiloCompute _silo;
    private readonly CancellationTokenSource _stop;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // Ends when the outcomes of all strategies are durable, or with a fault.
    private readonly TaskCompletionSource _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    // The outcomes of the strategies that were not given up, by slot.
    private readonly TaskCompletionSource<IReadOnlyList<StrategyOutcome>> _processed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    // Ends when no thread of the silo works for the group any more.
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<int> _open;
    private readonly FeedStrategy[] _strategies;
    private readonly List<BatchModelLease> _models = [];
    private IReadOnlyList<StrategyInstance> _instances = [];
    private OpenedMarket[] _markets = [];
    private SharedFeed? _feed;
    private FeedExecution? _execution;
    private GroupReporter? _reporter;
    private Activity? _activity;
    private int _kept;
    private long _counted;
    private double _startSeconds;
    private bool _isRunning;

    public StrategyGroup(SiloCompute silo, GroupWork work, CancellationToken stop)
    {
        _silo = silo;
        Work = work;
        _open = [.. Enumerable.Range(0, work.Strategies.Length)];
        _strategies = new FeedStrategy[_kept = work.Strategies.Length];
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    public GroupWork Work { get; }

    /// <summary>Time of the order, in Stopwatch ticks. If several groups have a strategy, the one with the newest order counts.</summary>
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
        using var activity = ClusterInstruments.Traces.StartActivity("strategy-group", ActivityKind.Internal, parent);
        _activity = activity?.SetTag("granary.run", Work.Run).SetTag("granary.strategies", Work.Strategies.Length);
        try
        {
            var plan = await _silo.Services.Plans.GetAsync(Work.Run).WaitAsync(_stop.Token);
            activity?.SetTag("granary.feed", plan.Feeds[Work.Feed].ToString());
            _reporter = new GroupReporter(_silo.Services.Grains, Work.Run, Work.Pass, _silo.Pool.Pulse, _stop.Token);
            _feed = await OpenAsync(plan, plan.Feeds[Work.Feed], _reporter);
            await StartAllAsync();
            var execution = Execute(_feed, _reporter);
            _silo.Pool.Add(execution);
            _execution = execution;
            Begin();
            if (await Task.WhenAny(_reported.Task, _reporter.Sending) == _reporter.Sending) await _reporter.Sending;
            await _reported.Task.WaitAsync(_stop.Token);
            activity?.SetTag("granary.bars", execution.Evaluations);
            _silo.Finished(Work, Stopwatch.GetElapsedTime(OrderedAt).TotalSeconds);
            SetState(GroupState.Done);
        }
        catch (Exception e)
        {
            var fault = Fail(_reported.Task.Exception?.InnerException ?? e);
            activity?.SetStatus(ActivityStatusCode.Error, fault);
        }
        finally
        {
            await CloseAsync();
        }
    }

    private async Task CloseAsync()
    {
        Count();
        if (_isRunning) _silo.Services.Instruments.StrategiesRunning.Add(-Work.Strategies.Length);
        await _stop.CancelAsync();
        _processed.TrySetCanceled();
        if (_execution is { } execution)
        {
            _silo.Pool.Stop(execution);
            await _left.Task;
        }
        foreach (var model in _models) model.Dispose();
        foreach (var market in _markets) await market.Series.DisposeAsync();
        _ended.TrySetResult();
    }

    private async Task<SharedFeed> OpenAsync(BatchPlan plan, FeedPlan feed, GroupReporter reporter)
    {
        var models = await ModelsAsync();
        _instances = [.. Work.Strategies.Select(i => models.TryGetValue(i, out var model) ? plan.Instances[i] with { Model = model }
            : plan.Instances[i])];
        var source = _silo.Services.Sources.Open(Work.Run, plan.Spec.Data);
        _markets = await Task.WhenAll(feed.Symbols.Select((s, i) => OpenAsync(source, plan.Spec, s, i)));
        var series = new List<MarketSeries>();
        foreach (var market in _markets) series.Add(await WithPathAsync(source, plan.Spec, market, feed.Timeframe));
        var settings = plan.Spec.Execution.Settings;
        return new SharedFeed(feed, series,
            new FeedSettings(Work.Stressed ? settings.Stressed() : settings, Work.WithEvents ? reporter : null, Work.WithFactors));
    }

    private async Task<MarketSeries> WithPathAsync(IBarSource source, BatchSpec spec, OpenedMarket market, Timeframe timeframe)
    {
        if (IntrabarPaths.TimeframeFor(spec, timeframe) is null) return new MarketSeries(market.Instrument, timeframe);
        await using var smaller = await IntrabarPaths.OpenAsync(source, spec, market.Symbol, _stop.Token);
        return IntrabarPaths.With(spec, market with { Smaller = smaller }, timeframe);
    }

    private async Task<OpenedMarket> OpenAsync(IBarSource source, BatchSpec spec, string symbol, int number)
    {
        var series = await WarmUpSpan.OpenAsync(source, spec, symbol, _stop.Token);
        if (series.ContentHash == Work.Hashes[number])
        {
            // The run has inferred sessions from all bars.
            if (Work.Sessions is { } sessions) series = InstrumentSeries.WithSessions(series, sessions[number]);
            return new OpenedMarket(symbol, SeriesChanges.Apply(series, Work.Changes), series.Instrument);
        }
        await series.DisposeAsync();
        throw new BarDataException($"the bars of {symbol} that the silo {_silo.Services.Address.Endpoint} reads from {spec.Data.Source} "
            + "are not those that the run began with; give all silos the same data");
    }

    private async Task<Dictionary<int, EntryModel>> ModelsAsync()
    {
        var models = new Dictionary<int, EntryModel>();
        var catalogues = (await _silo.Services.Plans.GetAsync(Work.Run)).Spec.Catalogues;
        foreach (var use in Work.Models)
        {
            var lease = await _silo.Services.Models.TakeAsync(Work.Run, Work.Pass, use.Number, catalogues, _stop.Token);
            _models.Add(lease);
            foreach (var strategy in use.Strategies) models[strategy] = lease.Model;
        }
        return models;
    }

    // Each strategy gets its grain on this silo, which makes its run.
    private async Task StartAllAsync()
    {
        var next = 0;
        using var untraced = new Untraced();
        await Task.WhenAll(Enumerable.Range(0, Math.Min(StartsAtOnce, _instances.Count)).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) - 1 is var slot && slot < _instances.Count) await StartAsync(slot);
        }));
    }

    private async Task StartAsync(int slot)
    {
        var id = _instances[slot].Id;
        var grain = _silo.Services.Grains.GetGrain<IStrategyGrain>($"{Work.Run}/{id}");
        var started = await s_lostCall.RunAsync(async stop => await grain.StartAsync(Work.Id, slot).AsTask().WaitAsync(stop),
            _stop.Token);
        if (!started) throw new SiloUnavailableException($"a newer group on this silo runs {id}");
    }

    /// <summary>Makes the strategy of a slot for the grain that owns it.</summary>
    public void Make(int slot)
    {
        var strategy = new FeedStrategy(_instances[slot], _feed!);
        if (Work.Stopped?.GetValueOrDefault(_instances[slot].Id) is { } reason) strategy.Stop(reason);
        _strategies[slot] = strategy;
    }

    /// <summary>Returns a strategy that runs in this group; null if there is none.</summary>
    public FeedStrategy? Strategy(string id) =>
        Ended.IsCompleted ? null : _strategies.Take(_kept).FirstOrDefault(s => s?.Instance.Id == id);

    private FeedExecution Execute(SharedFeed feed, GroupReporter reporter) => new(feed, _strategies,
        (i, stop) => FeedBlocks.ReadAsync(_markets[i].Series, feed.Plan.Timeframe, _silo.BlockSize, stop))
    {
        HasEnded = Work.HasEnded,
        Held = () => reporter.IsFull || _silo.IsHeld,
        Finished = outcomes => _processed.TrySetResult(outcomes),
        Ended = fault =>
        {
            if (fault is not null) Lose(fault);
            _left.TrySetResult();
        },
    };

    private void Begin()
    {
        _isRunning = true;
        _silo.Services.Instruments.StrategiesRunning.Add(Work.Strategies.Length);
        lock (_lock)
        {
            if (State == GroupState.Starting) State = GroupState.Running;
            _startSeconds = Stopwatch.GetElapsedTime(OrderedAt).TotalSeconds;
        }
        _silo.Began(Work, _startSeconds);
    }

    /// <summary>Waits for the outcome of a strategy.</summary>
    /// <returns>null if another silo runs the strategy.</returns>
    /// <exception cref="OperationCanceledException">The group has ended without outcomes.</exception>
    public async Task<StrategyOutcome?> OutcomeAsync(int slot)
    {
        var outcomes = await _processed.Task;
        return slot < outcomes.Count ? outcomes[slot] : null;
    }

    /// <summary>Sends the outcome of a strategy; returns when it is durable.</summary>
    public async Task ReportAsync(int slot, StrategyOutcome outcome)
    {
        await _reporter!.ReportAsync(outcome);
        if (outcome.Error is { } error) Failed(_instances[slot].Id, error);
        lock (_lock)
        {
            _open.Remove(slot);
            if (_open.Count > 0) return;
        }
        _reported.TrySetResult();
    }

    /// <summary>Ends the group with a fault; its strategies run again elsewhere if it may pass.</summary>
    public void Lose(Exception fault) => _reported.TrySetException(fault);

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

    /// <summary>Gives up strategies, the last ones first, so that another silo can run them from their first bar.</summary>
    /// <returns>Indices of the strategies in the plan.</returns>
    public int[] GiveUp(int most)
    {
        if (_execution is not { } execution || State != GroupState.Running) return [];
        var given = _silo.Pool.GiveUp(execution, most).Count;
        lock (_lock)
        {
            _kept -= given;
            _open.RemoveWhere(slot => slot >= _kept);
            return Work.Strategies[_kept..(_kept + given)];
        }
    }

    public void Stop() => _stop.Cancel();
}
