using Granary.Contracts.Jobs;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Validation;
using Granary.Simulation.Work;
using Granary.Trading.Parity;

namespace Granary.Server.Jobs;

/// <summary>The context in which a job runs: its host, folders and callbacks.</summary>
internal sealed record JobContext
{
    /// <summary>The capacity of <see cref="Leaders"/>.</summary>
    public const int MostLeaders = 10;

    /// <summary>Runs the strategies, on the threads of this process or on a cluster.</summary>
    public required IBatchHost Host { get; init; }

    /// <summary>
    /// Does the fits of an experiment and the choices of a walk-forward's windows; null = the threads of this process.
    /// </summary>
    public IWorkHost? Work { get; init; }

    public required TimeProvider Clock { get; init; }

    public required int Threads { get; init; }

    /// <summary>An existing folder for the files of the job.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder of all runs and jobs, which the job may read.</summary>
    public required string Runs { get; init; }

    /// <summary>Whether an earlier attempt may have left files from which the job continues.</summary>
    public bool Resume { get; init; }

    /// <summary>The attempt, if several can run concurrently; null = only one at a time.</summary>
    public RunAttempt? Attempt { get; init; }

    /// <summary>Shows and stops single strategies of a batch; null if not needed.</summary>
    public RunningStrategies? Running { get; init; }

    /// <summary>Shows the portfolio pass of a batch; null if not needed.</summary>
    public RunningPortfolio? Portfolio { get; init; }

    /// <summary>Opens the source of a batch; null = the catalogue that the batch was read with.</summary>
    public Func<DataSpec, IBarSource>? Sources { get; init; }

    /// <summary>Counts trials; null counts only each batch's trials.</summary>
    public TrialLedger? Ledger { get; init; }

    /// <summary>Returns the comparison of the server's accounts; null if it trades none.</summary>
    public Func<ServerParity?>? Parity { get; init; }

    /// <summary>Receives the best strategies of a backtest while it runs.</summary>
    public LeaderBoard Leaders { get; init; } = new(MostLeaders);

    /// <summary>Called from any thread, at any frequency.</summary>
    public Action<JobProgress> Progress { get; init; } = static _ => { };
}
