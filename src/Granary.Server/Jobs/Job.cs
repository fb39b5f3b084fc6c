using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Work;

namespace Granary.Server.Jobs;

/// <summary>A validated, submitted job.</summary>
/// <param name="text">The text of the job.</param>
/// <param name="name">The name, which is the prefix of its id.</param>
internal abstract class Job(JobText text, string name)
{
    public JobText Text { get; } = text;

    public string Name { get; } = name;

    /// <summary>Bars times strategies, estimated before any bar is read; 0 for a job without strategies.</summary>
    public virtual double Work => 0;

    /// <summary>Bytes of memory that the job needs while it runs, estimated as <see cref="Work"/>; 0 without an estimate.</summary>
    public virtual double Memory => SpreadBatch is { } batch
        ? BatchMemory.Of(batch, batch.Data.Symbols.Count).Bytes : 0;

    /// <summary>
    /// The batch whose strategies run on all silos of a cluster; null for a job that runs on one silo.
    /// </summary>
    public virtual BatchSpec? SpreadBatch => null;

    /// <summary>Returns the C# files that the job's batch carries.</summary>
    public IReadOnlyList<JobCode> Code() => CodeText.FilesOf(Text);

    /// <summary>Ids of the runs of this server that the job reads.</summary>
    public virtual IReadOnlyList<string> Runs => [];

    /// <summary>Checks that the sources, symbols and files of the job exist.</summary>
    /// <exception cref="InputException">A source, a symbol or a file does not exist.</exception>
    /// <returns>Bars times strategies, counted at the first symbol; 0 if the check opens no bars.</returns>
    public virtual Task<double> CheckDataAsync(CancellationToken cancellationToken) => Task.FromResult(0.0);

    /// <summary>
    /// Returns what the job would try, before it reads a bar: at least every combination that it can add to the ledger of its bars.
    /// </summary>
    /// <returns>Null if the trials of this kind cannot be counted before it runs, so no caller with limits may submit it.</returns>
    /// <exception cref="InputException">The batch cannot be planned.</exception>
    public virtual Task<PlannedTrials?> PlanTrialsAsync(CancellationToken cancellationToken) => Task.FromResult<PlannedTrials?>(null);

    /// <summary>Prepares to do items of the job's work in this process.</summary>
    /// <param name="threads">The number of threads of this process.</param>
    /// <returns>Null if the job has no work that other processes can do.</returns>
    /// <exception cref="InputException">The batch or its data is not usable here.</exception>
    public virtual Task<IWorkMaker?> PrepareAsync(IBatchHost host, int threads, CancellationToken cancellationToken) =>
        Task.FromResult<IWorkMaker?>(null);

    /// <summary>Runs the job, and writes its files to <see cref="JobContext.Folder"/>.</summary>
    /// <exception cref="InputException">The job or its data is not usable. The message is one sentence.</exception>
    public abstract Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken);
}

/// <summary>The result of a job in addition to its files.</summary>
/// <param name="Digest">Digest of a run; null for other results.</param>
/// <param name="Trades">The number of closed trades of all strategies; null if the job has no trades.</param>
/// <param name="Seconds">The duration of the job.</param>
/// <param name="Strategies">The number of strategies that ran.</param>
/// <param name="Failed">The number of strategies that failed.</param>
/// <param name="Evaluations">Bars times the strategies that processed them; null if the job has no strategies of its own.</param>
internal sealed record JobOutcome(string? Digest, long? Trades, double Seconds, int Strategies, int Failed, long? Evaluations = null);
