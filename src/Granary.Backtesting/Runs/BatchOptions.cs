using Granary.Modelling.Learning;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Models;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Runs;

internal sealed record BatchOptions
{
    /// <summary>The run's folder; null = <c>runs/NAME-UTC</c>.</summary>
    public string? Out { get; init; }

    public bool Resume { get; init; }

    /// <summary>Whether the batch has searches, which run round by round.</summary>
    public bool Optimises { get; init; }

    /// <summary>When the run was submitted; null = it begins now, or began with its first attempt in the folder.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The attempt, if several can run concurrently; null = only one at a time.</summary>
    public RunAttempt? Attempt { get; init; }

    /// <summary>Whether the user has confirmed a very large grid.</summary>
    public bool Yes { get; init; }

    /// <summary>Shows and stops single strategies; null if not needed.</summary>
    public RunningStrategies? Running { get; init; }

    /// <summary>Shows the portfolio pass of a batch; null if not needed.</summary>
    public RunningPortfolio? Portfolio { get; init; }

    /// <summary>Whether a run that is stopped before any strategy has finished is written like other stopped runs.</summary>
    public bool WritesEmpty { get; init; } = true;

    /// <summary>Whether to write an additional trades file for each strategy.</summary>
    public bool Separate { get; init; }

    /// <summary>The number of threads for opening markets.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Receives the progress of the training of the batch's models.</summary>
    public IProgress<TrainingProgress>? Training { get; init; }

    /// <summary>The folder of a run whose model versions are used without training; null = models are trained.</summary>
    public string? ModelsOf { get; init; }

    /// <summary>Receives finished strategies; null if they are not shown before the end.</summary>
    public LeaderBoard? Leaders { get; init; }

    /// <summary>Receives the progress of the training of policies for the weights.</summary>
    public IProgress<AllocatorProgress>? Allocator { get; init; }

    /// <summary>Whether trained models and policies are added to their registry as versions.</summary>
    public VersionUse Versions { get; init; } = VersionUse.Add;

    /// <summary>
    /// The finished run whose report is rebuilt. The report shows its time, duration, host, notes and number of trials. Null for a new run.
    /// </summary>
    public RunManifest? Rebuilds { get; init; }

    /// <summary>
    /// Whether to run the look-ahead check on a sample, and the weighted strategies with stressed costs. Without, the checks in prod.json
    /// lack both.
    /// </summary>
    public bool Validation { get; init; } = true;

    /// <summary>Notes for the reader about the creation of the batch.</summary>
    public IReadOnlyList<RunNote> Notes { get; init; } = [];

    /// <summary>The outputs to write; null = all outputs of the batch.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>Receives each row of the portfolio's equity; null if only its files have them.</summary>
    public Action<EquityRow>? OnEquity { get; init; }

    /// <summary>Receives the model and the single events of a run before its files are written; null if only these have them.</summary>
    public Action<RunModel, IRunEvents>? OnFinished { get; init; }
}
