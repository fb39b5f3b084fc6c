using Granary.Contracts.Jobs;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>The finished strategies with the highest Sharpe ratios; ties keep the order of the batch.</summary>
/// <param name="most">Maximum number of strategies.</param>
public sealed class LeaderBoard(int most)
{
    private readonly Lock _gate = new();
    private readonly SortedSet<(double Worse, int Index, StrategyLeader Leader)> _leaders = new(Comparer<(double, int, StrategyLeader)>
        .Create(static (a, b) => a.Item1 != b.Item1 ? a.Item1.CompareTo(b.Item1) : a.Item2.CompareTo(b.Item2)));

    /// <summary>Adds finished strategies; ignores those that failed or have no Sharpe ratio.</summary>
    public void Add(BatchPlan plan, IReadOnlyList<StrategyOutcome> finished)
    {
        lock (_gate)
        {
            foreach (var outcome in finished)
            {
                if (outcome.Statistics is not { } stats || !double.IsFinite(stats.Sharpe)) continue;
                if (_leaders.Count == most && -stats.Sharpe > _leaders.Max.Worse) continue;
                _leaders.Add((-stats.Sharpe, outcome.Index, new StrategyLeader(plan.Instances[outcome.Index].Id, stats.Sharpe,
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
