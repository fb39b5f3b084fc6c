using Granary.Contracts.Jobs;
using Granary.Engine.Market;
using Granary.Modelling.Experiments;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Validation;

namespace Granary.Server.Jobs;

/// <summary>What a job works with.</summary>
public sealed record JobRun
{
    /// <summary>Of <see cref="Leaders"/>.</summary>
    public const int MostLeaders = 10;

    /// <summary>Runs the strategies: the threads of this process, or a cluster.</summary>
    public required IBatchHost Host { get; init; }

    /// <summary>Makes the trials of an experiment; null = the threads of this process.</summary>
    public ITrialHost? Trials { get; init; }

    public required TimeProvider Clock { get; init; }

    public required int Threads { get; init; }

    /// <summary>An existing folder for the files of the job.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder of all runs and jobs, which a job may read.</summary>
    public required string Runs { get; init; }

    /// <summary>Whether an earlier attempt may have left files that the job continues from.</summary>
    public bool Resume { get; init; }

    /// <summary>The attempt, where several may be under way at once; null = there is one at a time.</summary>
    public RunAttempt? Attempt { get; init; }

    /// <summary>Shows and stops single strategies of a batch; null if nothing asks for them.</summary>
    public RunningStrategies? Running { get; init; }

    /// <summary>Shows the portfolio pass of a batch; null if nothing asks for it.</summary>
    public RunningPortfolio? Portfolio { get; init; }

    /// <summary>Opens what a batch calls its source; null = the catalogue that read the batch.</summary>
    public Func<DataSpec, IBarSource>? Sources { get; init; }

    /// <summary>Counts what was tried; null counts each batch's alone.</summary>
    public TrialLedger? Ledger { get; init; }

    /// <summary>Takes the best strategies of a backtest while it runs.</summary>
    public LeaderBoard Leaders { get; init; } = new(MostLeaders);

    /// <summary>Called from any thread, as often as the job likes.</summary>
    public Action<JobProgress> Progress { get; init; } = static _ => { };
}
