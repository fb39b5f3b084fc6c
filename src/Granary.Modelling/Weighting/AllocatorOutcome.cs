using Granary.Learning.Reinforcement.Policies;
using Granary.Modelling.Allocation;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Weighting;

/// <summary>How allocators were trained and judged, and what they decided.</summary>
/// <param name="Result">Null where the weights come from a policy of the registry.</param>
/// <param name="Weights">Every decision.</param>
/// <param name="Policies">By window: the policy that decided.</param>
public sealed record AllocatorOutcome(AllocatorResult? Result, DecidedWeights Weights, IReadOnlyList<WeightPolicy> Policies)
{
    /// <summary>The first decision of each window, for the report.</summary>
    public required IReadOnlyList<WeightStep> Steps { get; init; }

    /// <summary>The versions of the policies in their registry, by window; empty where they were not registered.</summary>
    public IReadOnlyList<PolicyReference> Versions { get; init; } = [];

    /// <summary>The section <c>policy</c> of prod.json; null where no version is registered.</summary>
    /// <param name="weighed">Indices of the strategies that any of the policies weighs.</param>
    public ProductionPolicy? ForProduction(BatchPlan plan, IEnumerable<int> weighed)
    {
        if (plan.Spec.Portfolio.Policy is { } policy)
            return new ProductionPolicy(policy.Write, plan.Instances.Select(i => i.Index).ToHashSet());
        if (Versions.Count == 0) return null;
        var refresh = plan.Spec.Portfolio.Allocator?.Refresh;
        return new ProductionPolicy(json => PolicyPlan.Write(json, Versions[^1], refresh, Result!.Windows[^1].At),
            refresh is null ? new HashSet<int>() : weighed.ToHashSet());
    }

    /// <summary>Whether the policies passed the validation checks; null where they were not trained here.</summary>
    public bool? IsPromoted => Result?.IsPromoted;
}
