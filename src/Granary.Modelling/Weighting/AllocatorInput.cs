using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Modelling.Allocation;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Weighting;

/// <summary>What allocators are trained and judged on: the strategies of a batch, or the groups of a walk-forward.</summary>
/// <param name="Units">All that can be given weights.</param>
/// <param name="Traces">By unit: its equity on an account of its own.</param>
/// <param name="ReadAsync">Reads what some of the units did.</param>
/// <param name="ReadStressedAsync">The same with every cost doubled and every order one bar later.</param>
public sealed record AllocatorInput(BatchPlan Plan, AllocationUnits Units, IReadOnlyList<EquityTrace> Traces,
    Func<AllocationUnits, Task<AllocationHistory>> ReadAsync, Func<AllocationUnits, Task<AllocationHistory>> ReadStressedAsync)
{
    public int Threads { get; init; } = 1;

    /// <summary>Is given every update of every training; null for none. Several threads call it.</summary>
    public IProgress<AllocatorProgress>? Progress { get; init; }

    /// <summary>Keeps finished trainings, so that a run that was killed goes on; null keeps none.</summary>
    public AllocatorCheckpoints? Checkpoints { get; init; }

    public AllocatorSpec Spec => Plan.Spec.Portfolio.Allocator ?? new AllocatorSpec();

    /// <summary>When allocators are trained again: by default every 26 weeks on the 104 weeks before.</summary>
    public RebalanceSpec Rebalance =>
        Plan.Spec.Portfolio.Rebalance ?? new RebalanceSpec(CalendarSpan.OfDays(26 * 7), CalendarSpan.OfDays(104 * 7));
}
