using System.Collections.Frozen;
using Granary.Cluster.Batches;
using Granary.Contracts.Batches;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// The life of one strategy in a group: its run, which the threads of the silo process; its events and its outcome until they are durable;
/// its end. The strategy's grain owns it. Thread-safe.
/// </summary>
internal sealed class OwnedStrategy : IEventSink
{
    private readonly StrategyGroup _group;
    private readonly ReportSender _sender;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    // Events that are not durable, oldest first. The first ones are in a report under way.
    private readonly List<EventChunk> _events = [];
    private int _underWay;
    private EventTally _tally;
    private StrategyOutcome? _outcome;
    private bool _isOutcomeUnderWay;

    /// <param name="withEvents">Whether the run reports its events.</param>
    /// <param name="stopped">Why a caller stopped the strategy before it began; null if it was not stopped.</param>
    public OwnedStrategy(StrategyGroup group, StrategyInstance instance, SharedFeed feed, ReportSender sender, bool withEvents,
        string? stopped)
    {
        (_group, _sender) = (group, sender);
        Run = new FeedStrategy(instance, feed, withEvents ? feed.Settings with { Events = this } : null);
        if (stopped is not null) Run.Stop(stopped);
    }

    /// <summary>The run that the threads process block by block.</summary>
    public FeedStrategy Run { get; }

    /// <summary>Completes when the outcome is durable, when the silo gives up the strategy, or with the group.</summary>
    public Task Ended => _ended.Task;

    /// <summary>The current state. A strategy whose outcome is not durable counts as running.</summary>
    public BatchStrategy Status
    {
        get
        {
            lock (_lock)
                return _outcome is not { } end ? Run.Snapshot
                    : new BatchStrategy(Run.Instance.Id, end.Error is null ? StrategyPhase.Running : StrategyPhase.Failed, end.Bars,
                        end.Statistics?.Trades ?? 0, end.Statistics?.FinalEquity, FrozenDictionary<string, double>.Empty, end.Error);
        }
    }

    /// <summary>Fails the strategy alone, before its next block.</summary>
    public void Stop(string reason) => Run.Stop(reason);

    public void Append(int strategy, int chunk, ReadOnlySpan<byte> events)
    {
        var copy = events.ToArray();
        lock (_lock) _events.Add(new EventChunk(strategy, chunk, copy));
        _sender.Send(this, copy.Length);
    }

    public void End(int strategy, in EventTally tally)
    {
        lock (_lock) _tally = tally;
    }

    /// <summary>Takes the outcome after the last block, and has it sent after the events.</summary>
    public void Finish(StrategyOutcome outcome)
    {
        lock (_lock) _outcome = outcome;
        _sender.Send(this, 0);
    }

    /// <summary>Adds to a report what is in none, as far as there is room.</summary>
    /// <returns>Whether the strategy has a part in the report.</returns>
    public bool AddTo(ReportDraft report)
    {
        lock (_lock)
        {
            while (_underWay < _events.Count && report.HasRoom) report.Add(_events[_underWay++]);
            if (_outcome is not { } outcome || _isOutcomeUnderWay || _underWay < _events.Count || !report.HasRoom) return _underWay > 0;
            report.Add(outcome, _tally);
            return _isOutcomeUnderWay = true;
        }
    }

    /// <summary>Takes note that the report under way is durable.</summary>
    public void Delivered()
    {
        lock (_lock)
        {
            _events.RemoveRange(0, _underWay);
            _underWay = 0;
            if (!_isOutcomeUnderWay) return;
        }
        End(_outcome!.Error, null);
    }

    /// <summary>Ends the strategy here, because another silo runs it.</summary>
    public void GiveUp() => End(null, null);

    /// <summary>Ends the strategy without a durable outcome, and its group with this fault.</summary>
    public void Lose(Exception fault) => End(null, fault);

    private void End(string? error, Exception? fault)
    {
        if (_ended.TrySetResult()) _group.StrategyEnded(Run.Instance.Id, error, fault);
    }
}
