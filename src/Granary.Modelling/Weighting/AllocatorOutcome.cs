using Granary.Modelling.Allocation;
using Granary.Reinforcement.Policies;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Weighting;

/// <summary>Results of the allocators' trainings and tests, and the weights that they decided.</summary>
/// <param name="Result">Null if the weights come from a registered policy.</param>
/// <param name="Weights">All decisions.</param>
/// <param name="Policies">By window: the policy that decided.</param>
internal sealed record AllocatorOutcome(AllocatorResult? Result, DecidedWeights Weights, IReadOnlyList<WeightPolicy> Policies)
{
    /// <summary>The first decision of each window, for the report.</summary>
    public required IReadOnlyList<WeightStep> Steps { get; init; }

    /// <summary>Registry versions of the policies by window; empty if they were not registered.</summary>
    public IReadOnlyList<PolicyReference> Versions { get; init; } = [];

    /// <summary>Returns the section <c>policy</c> of prod.json; null if no version is registered.</summary>
    /// <param name="weighed">Indices of the strategies that at least one of the policies weighs.</param>
    public ProductionPolicy? ForProduction(BatchPlan plan, IEnumerable<int> weighed)
    {
        if (plan.Spec.Portfolio.Policy is { } policy)
            return new ProductionPolicy(policy.Write, plan.Instances.Select(i => i.Index).ToHashSet());
        if (Versions.Count == 0) return null;
        var refresh = plan.Spec.Portfolio.Allocator?.Refresh;
        return new ProductionPolicy(json => PolicyPlan.Write(json, Versions[^1], refresh, Result!.Windows[^1].At),
            refresh is null ? new HashSet<int>() : weighed.ToHashSet());
    }

    /// <summary>Whether the policies passed the validation checks; null if this run did not train them.</summary>
    public bool? IsPromoted => Result?.IsPromoted;
}
