using Granary.Application.Allocation;

namespace Granary.Application.Weighting;

/// <summary>How an allocator was trained, how it was judged, and what it decided.</summary>
internal sealed record AllocatorOutcome(AllocatorResult Result, WeightTable Weights);

/// <summary>Weights over time.</summary>
/// <param name="Times">UTC ticks.</param>
/// <param name="Strategies">Ids.</param>
/// <param name="Values">[times][strategies]; what is left to 1 is cash.</param>
internal sealed record WeightTable(long[] Times, IReadOnlyList<string> Strategies, double[][] Values);
