using Granary.Application.Allocation;
using Granary.Application.Batches;
using Granary.Learning.Reinforcement.Policies;
using Granary.Reporting.Runs;

namespace Granary.Application.Weighting;

/// <summary>How allocators were trained and judged, and what they decided.</summary>
/// <param name="Result">Null where the weights come from a policy of the registry.</param>
/// <param name="Weights">Every decision.</param>
/// <param name="Policies">By window: the policy that decided.</param>
internal sealed record AllocatorOutcome(AllocatorResult? Result, DecidedWeights Weights, IReadOnlyList<WeightPolicy> Policies)
{
    /// <summary>The first decision of each window, for the report.</summary>
    public required IReadOnlyList<WeightStep> Steps { get; init; }

    /// <summary>The versions of the policies in their registry, by window; empty where they were not registered.</summary>
    public IReadOnlyList<PolicyReference> Versions { get; init; } = [];

    /// <summary>Whether the policies passed the validation checks; null where they were not trained here.</summary>
    public bool? IsPromoted => Result?.IsPromoted;
}
