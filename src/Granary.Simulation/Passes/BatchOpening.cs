using Granary.Engine.Market;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>How a batch is opened.</summary>
public sealed record BatchOpening
{
    /// <summary>Threads for opening markets.</summary>
    public required int Threads { get; init; }

    /// <summary>The user agrees to a very large grid.</summary>
    public bool Yes { get; init; }

    /// <summary>Opens what a batch calls its source; null = the catalogue that read the batch.</summary>
    public Func<DataSpec, IBarSource>? Sources { get; init; }

    /// <summary>Given the plan before its markets are opened; returns the plan to run.</summary>
    public Func<BatchPlan, BatchPlan> Planned { get; init; } = static plan => plan;

    /// <summary>Whether the source must have the benchmark, and the bars what the orders need.</summary>
    public bool Checks { get; init; }

    /// <summary>
    /// Whether the bars are those that a live session has taken: it sees the end of a market only when it comes, and trades what its feed
    /// sends.
    /// </summary>
    public bool IsLive { get; init; }
}
