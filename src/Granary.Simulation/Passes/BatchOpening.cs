using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Options for opening a batch.</summary>
internal sealed record BatchOpening
{
    /// <summary>Number of threads that open markets.</summary>
    public required int Threads { get; init; }

    /// <summary>Whether the user has confirmed a very large grid.</summary>
    public bool Yes { get; init; }

    /// <summary>Whether strategies may have a search; the plan is then that before its first trials.</summary>
    public bool WithSearches { get; init; }

    /// <summary>The searches of a finished run, whose trials the plan then has; null = no trials.</summary>
    public ParameterSearchResults? Searched { get; init; }

    /// <summary>Opens the batch's source; null = use the catalogue that read the batch.</summary>
    public Func<DataSpec, IBarSource>? Sources { get; init; }

    /// <summary>Receives the plan before its markets are opened and returns the plan to run.</summary>
    public Func<BatchPlan, BatchPlan> Planned { get; init; } = static plan => plan;

    /// <summary>Whether to check that the source has the benchmark and that the bars have the fields that orders need.</summary>
    public bool Checks { get; init; }

    /// <summary>
    /// Whether the bars belong to a live session. A session does not know the end of a market in advance, and it trades whatever its
    /// feed sends.
    /// </summary>
    public bool IsLive { get; init; }

    /// <summary>Whether the bars of a live session have all come, so a ranked universe has its members from the start.</summary>
    public bool HasBars { get; init; }
}
