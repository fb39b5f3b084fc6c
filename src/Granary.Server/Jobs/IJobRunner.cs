using Granary.Contracts.Jobs;
using Granary.Engine;

namespace Granary.Server.Jobs;

/// <summary>Runs one job in its folder, for <see cref="LocalJobs"/>.</summary>
internal interface IJobRunner
{
    /// <param name="folder">An existing folder for the job's files.</param>
    /// <param name="resume">Whether to continue from the finished parts of a cancelled attempt in the folder.</param>
    /// <param name="progress">Called from any thread, at any frequency.</param>
    /// <exception cref="InputException">The job or its data is not usable. The message is one sentence.</exception>
    Task<JobOutcome> RunAsync(Job job, string folder, bool resume, Action<JobProgress> progress,
        CancellationToken cancellationToken = default);
}
