using Granary.Server.Jobs;

namespace Granary.Api.Health;

/// <summary>Whether the jobs of this process can write their folders.</summary>
internal sealed class JobsReadiness(LocalJobs jobs) : IReadinessCheck
{
    public string Name => "jobs";

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult(jobs.Fault);
}
