using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Groups strategies of a batch whose signals, trades and equity are bit-identical. A group counts as one strategy: its first member
/// represents it in weights and trial counts.
/// </summary>
internal sealed class IdenticalResults
{
    private readonly int[] _first;

    private IdenticalResults(int[] first, IReadOnlyList<IReadOnlyList<int>> groups)
    {
        _first = first;
        Groups = groups;
    }

    /// <summary>Groups of two or more strategies, as strategy indices in order.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Groups { get; }

    /// <summary>Returns the first strategy of the group; the strategy itself if no other has the same results.</summary>
    public int FirstOf(int strategy) => _first[strategy];

    /// <summary>Whether the strategy represents its group.</summary>
    public bool IsFirst(int strategy) => _first[strategy] == strategy;

    /// <summary>Number of strategies that repeat another one's results.</summary>
    public int Repeated => Groups.Sum(g => g.Count - 1);

    /// <remarks>Strategies without a signal are in no group, because they have no results to compare.</remarks>
    public static IdenticalResults Of(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes)
    {
        var first = new int[plan.Instances.Count];
        var groups = new Dictionary<(string Symbol, UInt128 Digest), List<int>>();
        foreach (var instance in plan.Instances)
        {
            first[instance.Index] = instance.Index;
            if (outcomes.GetValueOrDefault(instance.Index) is not { Statistics: not null, Signals: > 0 } outcome) continue;
            var key = (instance.Symbol, outcome.Digest);
            if (!groups.TryGetValue(key, out var group)) groups.Add(key, group = []);
            group.Add(instance.Index);
            first[instance.Index] = group[0];
        }
        return new IdenticalResults(first, [.. groups.Values.Where(g => g.Count > 1)]);
    }
}
