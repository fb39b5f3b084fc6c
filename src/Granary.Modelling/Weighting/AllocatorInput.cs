using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Modelling.Allocation;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Weighting;

/// <summary>Data that allocators are trained and tested on: the strategies of a batch, or the groups of a walk-forward.</summary>
/// <param name="Units">All units that can get weights.</param>
/// <param name="Traces">By unit: equity of its own account.</param>
/// <param name="ReadAsync">Reads the events of some of the units.</param>
/// <param name="ReadStressedAsync">Reads the same events with all costs doubled and every order delayed by one bar.</param>
internal sealed record AllocatorInput(BatchPlan Plan, AllocationUnits Units, IReadOnlyList<EquityTrace> Traces,
    Func<AllocationUnits, Task<AllocationHistory>> ReadAsync, Func<AllocationUnits, Task<AllocationHistory>> ReadStressedAsync)
{
    public int Threads { get; init; } = 1;

    /// <summary>Receives every update of every training, from several threads; null for none.</summary>
    public IProgress<AllocatorProgress>? Progress { get; init; }

    /// <summary>Stores finished trainings, so a killed run can continue; null stores none.</summary>
    public AllocatorCheckpoints? Checkpoints { get; init; }

    public AllocatorSpec Spec => Plan.Spec.Portfolio.Allocator ?? new AllocatorSpec();

    /// <summary>Schedule of the allocators' trainings; by default every 26 weeks on the preceding 104 weeks.</summary>
    public RebalanceSpec Rebalance =>
        Plan.Spec.Portfolio.Rebalance ?? new RebalanceSpec { Every = CalendarSpan.OfDays(26 * 7), Window = CalendarSpan.OfDays(104 * 7) };
}
