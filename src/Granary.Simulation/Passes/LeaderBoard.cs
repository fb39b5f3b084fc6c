using Granary.Contracts.Jobs;
using Granary.Engine.Analysis.Metrics;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Simulation.Passes;

/// <summary>The finished strategies that rank highest by Sharpe ratio; ties keep the order of the batch.</summary>
/// <param name="most">Maximum number of strategies.</param>
internal sealed class LeaderBoard(int most)
{
    private readonly Lock _gate = new();
    private readonly SortedSet<(MetricRank Rank, int Index, StrategyLeader Leader)> _leaders =
        new(Comparer<(MetricRank Rank, int Index, StrategyLeader Leader)>.Create(static (a, b) =>
            b.Rank.CompareTo(a.Rank) is var order and not 0 ? order : a.Index.CompareTo(b.Index)));

    /// <summary>Adds finished strategies; ignores those that failed, and those without a Sharpe ratio unless they lost nothing.</summary>
    public void Add(BatchPlan plan, IReadOnlyList<StrategyOutcome> finished)
    {
        lock (_gate)
        {
            foreach (var outcome in finished)
            {
                if (outcome.Statistics is not { } stats || stats.RankOf(RatioMetrics.Sharpe) is var rank && !rank.IsKnown) continue;
                if (_leaders.Count == most && rank < _leaders.Max.Rank) continue;
                _leaders.Add((rank, outcome.Index, new StrategyLeader(plan.Instances[outcome.Index].Id, JsonNumber.Finite(stats.Sharpe),
                    stats.TotalReturn, stats.MaxDrawdown, stats.Trades)));
                if (_leaders.Count > most) _leaders.Remove(_leaders.Max);
            }
        }
    }

    /// <summary>Returns the strategies, best first.</summary>
    public IReadOnlyList<StrategyLeader> Best()
    {
        lock (_gate) return [.. _leaders.Select(l => l.Leader)];
    }
}
