using Granary.Modelling.Learning;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Models;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Runs;

public sealed record BatchOptions
{
    /// <summary>null = <c>runs/NAME-UTC</c>.</summary>
    public string? Out { get; init; }

    public bool Resume { get; init; }

    /// <summary>The attempt, where several may be under way at once; null = there is one at a time.</summary>
    public RunAttempt? Attempt { get; init; }

    /// <summary>The user agrees to a very large grid.</summary>
    public bool Yes { get; init; }

    /// <summary>Shows and stops single strategies; null if nothing asks for them.</summary>
    public RunningStrategies? Running { get; init; }

    /// <summary>Shows the portfolio pass of a batch; null if nothing asks for it.</summary>
    public RunningPortfolio? Portfolio { get; init; }

    /// <summary>Also one trades file for each strategy.</summary>
    public bool Separate { get; init; }

    /// <summary>Threads for opening markets.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Receives the progress of the training of the batch's models.</summary>
    public IProgress<TrainingProgress>? Training { get; init; }

    /// <summary>The folder of a run whose model versions are in force, so that nothing is trained; null = models are trained.</summary>
    public string? ModelsOf { get; init; }

    /// <summary>Receives the strategies that have finished; null where nothing shows them before the end.</summary>
    public LeaderBoard? Leaders { get; init; }

    /// <summary>Receives the progress of the training of policies for the weights.</summary>
    public IProgress<AllocatorProgress>? Allocator { get; init; }

    /// <summary>Whether the models and policies that it trains become versions of their registry.</summary>
    public VersionUse Versions { get; init; } = VersionUse.Add;

    /// <summary>
    /// The finished run whose report is made again: its time, duration, host, notes and count of trials are shown. Null for a run of its
    /// own.
    /// </summary>
    public RunManifest? Rebuilds { get; init; }

    /// <summary>
    /// Whether a sample is searched for look-ahead and the weighted strategies are tried with stressed costs; without, the evidence of
    /// prod.json lacks both.
    /// </summary>
    public bool Validation { get; init; } = true;

    /// <summary>What the reader must know of how the batch came to be.</summary>
    public IReadOnlyList<RunNote> Notes { get; init; } = [];

    /// <summary>The outputs of the batch that are written; null = all of them.</summary>
    public IReadOnlyList<string>? Only { get; init; }
}
