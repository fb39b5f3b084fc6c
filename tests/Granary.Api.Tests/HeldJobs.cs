using Granary.Contracts.Jobs;
using Granary.Server.Jobs;

namespace Granary.Api.Tests;

/// <summary>Runs jobs of any kind, each until the test lets one go.</summary>
internal sealed class HeldJobs : IJobRunner
{
    private readonly SemaphoreSlim _steps = new(0);

    public void Go() => _steps.Release();

    public async Task<JobOutcome> RunAsync(Job job, string folder, bool resume, Action<JobProgress> progress,
        CancellationToken cancellationToken = default)
    {
        await _steps.WaitAsync(cancellationToken);
        return new JobOutcome("cafe", 0, 0.5, 1, 0);
    }
}
