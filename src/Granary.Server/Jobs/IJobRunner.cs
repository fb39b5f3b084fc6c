using Granary.Contracts.Jobs;
using Granary.Simulation.Json;

namespace Granary.Server.Jobs;

/// <summary>Runs one job into its folder: what <see cref="LocalJobs"/> needs of the in-process host.</summary>
public interface IJobRunner
{
    /// <param name="folder">An existing folder that takes the job's files.</param>
    /// <param name="resume">Continue from what a cancelled attempt has finished in the folder.</param>
    /// <param name="progress">Called from any thread, as often as the host likes.</param>
    /// <exception cref="InputException">The job or its data cannot be used: one sentence.</exception>
    Task<JobOutcome> RunAsync(Job job, string folder, bool resume, Action<JobProgress> progress,
        CancellationToken cancellationToken = default);
}
