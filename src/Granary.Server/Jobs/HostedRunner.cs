using Granary.Contracts.Jobs;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Trading.Parity;

namespace Granary.Server.Jobs;

/// <summary>Runs submitted jobs on any <see cref="IBatchHost"/>.</summary>
/// <param name="runs">The folder of all runs and jobs.</param>
/// <param name="ledger">Counts trials; null = the user's.</param>
/// <param name="running">Registers each batch while it runs, by the name of its folder; null if not needed.</param>
/// <param name="parity">Returns the comparison of the server's accounts; null if it trades none.</param>
internal sealed class HostedRunner(IBatchHost host, TimeProvider clock, int threads, string runs, TrialLedger? ledger = null,
    RunningBatches? running = null, Func<ServerParity?>? parity = null) : IJobRunner
{
    public async Task<JobOutcome> RunAsync(Job job, string folder, bool resume, Action<JobProgress> progress,
        CancellationToken cancellationToken = default)
    {
        var id = Path.GetFileName(folder);
        var batch = running?.Begin(id);
        try
        {
            return await job.RunAsync(new JobContext
            {
                Host = host,
                Clock = clock,
                Threads = threads,
                Folder = folder,
                Runs = runs,
                Resume = resume,
                Ledger = ledger,
                Progress = progress,
                Running = batch?.Strategies,
                Portfolio = batch?.Portfolio,
                Parity = parity,
            }, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            running?.End(id);
        }
    }
}
