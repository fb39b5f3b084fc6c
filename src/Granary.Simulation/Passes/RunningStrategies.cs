using System.Collections.Frozen;
using Granary.Contracts.Batches;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Reports the strategies of a running batch and stops single ones. It has the only list of stopped strategies. A strategy whose stop was
/// acknowledged fails, even if its run ends before the stop takes effect. Thread-safe.
/// </summary>
internal sealed class RunningStrategies
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _ids = [];
    private readonly Dictionary<int, (long Bars, long Trades, double? Equity, string? Error)> _ended = [];
    private readonly Dictionary<string, string> _stops = new(StringComparer.Ordinal);
    private readonly List<FeedExecution> _executions = [];

    /// <summary>Adds the strategies of a plan; <see cref="Finished"/> adds their outcomes.</summary>
    public void Begin(BatchPlan plan)
    {
        lock (_lock)
            foreach (var instance in plan.Instances)
            {
                _indices.TryAdd(instance.Id, instance.Index);
                _ids.TryAdd(instance.Index, instance.Id);
            }
    }

    /// <summary>Adds strategies that were stopped before this process received the batch, with the reasons.</summary>
    public void Take(IReadOnlyDictionary<string, string> stopped)
    {
        lock (_lock)
            foreach (var (id, reason) in stopped) _stops.TryAdd(id, reason);
    }

    /// <summary>Adds an active feed of this process. Strategies that were stopped earlier fail at its first block.</summary>
    public void Add(FeedExecution execution)
    {
        lock (_lock)
        {
            _executions.Add(execution);
            foreach (var (id, reason) in _stops) Stop(execution, id, reason);
        }
    }

    public void Remove(FeedExecution execution)
    {
        lock (_lock) _executions.Remove(execution);
    }

    /// <summary>Adds outcomes; their strategies can no longer be stopped.</summary>
    /// <returns>The outcomes that count: stopped strategies have failed.</returns>
    public IReadOnlyList<StrategyOutcome> Finished(IReadOnlyList<StrategyOutcome> outcomes)
    {
        lock (_lock)
        {
            var counted = outcomes.Select(o => o.Error is null && _ids.TryGetValue(o.Index, out var id)
                && _stops.TryGetValue(id, out var reason) ? StrategyOutcome.Failed(o.Index, o.Bars, reason) : o).ToList();
            foreach (var o in counted) _ended[o.Index] = (o.Bars, o.Statistics?.Trades ?? 0, o.Statistics?.FinalEquity, o.Error);
            return counted;
        }
    }

    /// <returns>null if the pass has no such strategy.</returns>
    public BatchStrategy? Find(string id)
    {
        lock (_lock)
        {
            if (!_indices.TryGetValue(id, out var index)) return null;
            if (_ended.TryGetValue(index, out var end))
                return new BatchStrategy(id, end.Error is null ? StrategyPhase.Done : StrategyPhase.Failed, end.Bars, end.Trades,
                    end.Equity,
                    FrozenDictionary<string, double>.Empty, end.Error);
            if (_stops.TryGetValue(id, out var reason))
                return new BatchStrategy(id, StrategyPhase.Failed, 0, 0, null, FrozenDictionary<string, double>.Empty, reason);
            foreach (var execution in _executions)
                if (StrategyOf(execution, id) is { } strategy)
                    return strategy.Snapshot;
            return new BatchStrategy(id, StrategyPhase.Waiting, 0, 0, null, FrozenDictionary<string, double>.Empty, null);
        }
    }

    /// <summary>Stops a strategy before its next block; it fails alone with this reason. Has no effect if it has ended.</summary>
    /// <returns>The strategy; null if the pass has no such strategy.</returns>
    public BatchStrategy? Stop(string id, string reason)
    {
        lock (_lock)
        {
            var found = Find(id);
            if (found is null or { State: StrategyPhase.Done or StrategyPhase.Failed }) return found;
            _stops[id] = reason;
            foreach (var execution in _executions) Stop(execution, id, reason);
            return found;
        }
    }

    /// <summary>Whether a strategy was stopped before its outcome arrived.</summary>
    public bool IsStopped(string id)
    {
        lock (_lock) return _stops.ContainsKey(id);
    }

    private static void Stop(FeedExecution execution, string id, string reason) => StrategyOf(execution, id)?.Stop(reason);

    private static FeedStrategy? StrategyOf(FeedExecution execution, string id) =>
        execution.Strategies.FirstOrDefault(s => s.Instance.Id == id);
}
