using Granary.Engine;
using Granary.Reinforcement.Policies;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Allocation;

/// <summary>
/// Units that an allocator weighs: single strategies, or walk-forward groups in which one strategy trades at a time.
/// </summary>
internal sealed class AllocationUnits
{
    private readonly int[] _placeOf;

    /// <param name="indices">Indices of the units among all units of the run, ascending.</param>
    /// <param name="names">Name of each unit.</param>
    /// <param name="members">For each unit, the indices of its strategies in the plan.</param>
    public AllocationUnits(BatchPlan plan, int[] indices, IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<int>> members)
    {
        (Indices, Names, Members) = (indices, names, members);
        _placeOf = new int[plan.Instances.Count];
        Array.Fill(_placeOf, -1);
        for (var u = 0; u < members.Count; u++)
            foreach (var strategy in members[u])
                _placeOf[strategy] = u;
    }

    /// <summary>Creates one unit per strategy.</summary>
    /// <param name="strategies">Strategy indices, ascending.</param>
    public static AllocationUnits Of(BatchPlan plan, int[] strategies) =>
        new(plan, strategies, [.. strategies.Select(s => plan.Instances[s].Id)], [.. strategies.Select(s => (int[])[s])]);

    /// <summary>Creates the units of a policy: the strategies that it weighs.</summary>
    /// <exception cref="InputException">One of the strategies is missing in the plan, or the plan has another order.</exception>
    public static AllocationUnits Of(BatchPlan plan, WeightPolicy policy)
    {
        var byId = plan.Instances.ToDictionary(i => i.Id, i => i.Index, StringComparer.Ordinal);
        var indices = new int[policy.Names.Count];
        for (var i = 0; i < indices.Length; i++)
        {
            if (!byId.TryGetValue(policy.Names[i], out indices[i]))
                throw new InputException($"the policy weighs {policy.Names[i]}, which the configuration does not have: run its "
                    + "batch again");
            if (i > 0 && indices[i] <= indices[i - 1])
                throw new InputException("the policy weighs the strategies in another order than the configuration lists them: "
                    + "run its batch again");
        }
        return Of(plan, indices);
    }

    /// <summary>Creates the units of all versions of a policy: all strategies of the plan if the policy can change.</summary>
    /// <exception cref="InputException">The plan lacks a strategy of the first version.</exception>
    public static AllocationUnits Of(BatchPlan plan, PolicyPlan policies) => policies.Schedule is null && policies.Changes.Count == 0
        ? Of(plan, policies.First) : Of(plan, [.. plan.Instances.Select(i => i.Index)]);

    public int Count => Indices.Length;

    public int[] Indices { get; }

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyList<IReadOnlyList<int>> Members { get; }

    /// <summary>Index of a strategy's unit; −1 if it is in none.</summary>
    public int PlaceOf(int strategy) => _placeOf[strategy];

    /// <summary>Returns some of the units.</summary>
    /// <param name="places">Unit indices, ascending.</param>
    public AllocationUnits Select(BatchPlan plan, int[] places) => new(plan, [.. places.Select(p => Indices[p])],
        [.. places.Select(p => Names[p])], [.. places.Select(p => Members[p])]);

    /// <summary>Returns the distinct symbols that the strategies trade, in the order of the units.</summary>
    public IEnumerable<string> SymbolsOf(BatchPlan plan) =>
        Members.SelectMany(m => m).SelectMany(s => plan.Instances[s].Symbols).Distinct(StringComparer.Ordinal);
}
