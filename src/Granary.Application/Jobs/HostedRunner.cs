using Granary.Application.Simulation;
using Granary.Application.Validation;

namespace Granary.Application.Jobs;

/// <summary>Runs submitted jobs over any <see cref="IBatchHost"/>.</summary>
/// <param name="runs">The folder of all runs and jobs.</param>
/// <param name="ledger">Counts what is tried; null counts each batch's alone.</param>
public sealed class HostedRunner(IBatchHost host, TimeProvider clock, int threads, string runs, TrialLedger? ledger = null) : IJobRunner
{
    public Task<JobOutcome> RunAsync(Job job, string folder, Action<JobProgress> progress, CancellationToken cancellationToken = default) =>
        job.RunAsync(new JobRun
        {
            Host = host,
            Clock = clock,
            Threads = threads,
            Folder = folder,
            Runs = runs,
            Ledger = ledger,
            Progress = progress,
        }, cancellationToken);
}
