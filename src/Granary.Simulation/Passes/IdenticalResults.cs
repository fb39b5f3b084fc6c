using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Strategies of a batch whose signals, trades and equity are equal to the last bit. A group is one strategy under several names: its first
/// member stands for all where strategies are weighted and trials are counted.
/// </summary>
public sealed class IdenticalResults
{
    private readonly int[] _first;

    private IdenticalResults(int[] first, IReadOnlyList<IReadOnlyList<int>> groups)
    {
        _first = first;
        Groups = groups;
    }

    /// <summary>Groups of two and more strategies, by their indices, in order.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Groups { get; }

    /// <summary>The group's first strategy; the strategy itself where no other has its results.</summary>
    public int FirstOf(int strategy) => _first[strategy];

    /// <summary>Whether the strategy stands for its group.</summary>
    public bool IsFirst(int strategy) => _first[strategy] == strategy;

    /// <summary>Strategies that repeat another's results.</summary>
    public int Repeated => Groups.Sum(g => g.Count - 1);

    /// <remarks>Strategies that never gave a signal are in no group: they have no results to share.</remarks>
    public static IdenticalResults Of(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes)
    {
        var first = new int[plan.Instances.Count];
        var groups = new Dictionary<(string Symbol, UInt128 Fingerprint), List<int>>();
        foreach (var instance in plan.Instances)
        {
            first[instance.Index] = instance.Index;
            if (outcomes.GetValueOrDefault(instance.Index) is not { Statistics: not null, Signals: > 0 } outcome) continue;
            var key = (instance.Symbol, outcome.Fingerprint);
            if (!groups.TryGetValue(key, out var group)) groups.Add(key, group = []);
            group.Add(instance.Index);
            first[instance.Index] = group[0];
        }
        return new IdenticalResults(first, [.. groups.Values.Where(g => g.Count > 1)]);
    }
}
