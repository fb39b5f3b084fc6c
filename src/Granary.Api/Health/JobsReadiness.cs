using Granary.Application.Jobs;

namespace Granary.Api.Health;

/// <summary>Whether the jobs of this process can write their folders.</summary>
internal sealed class JobsReadiness(IJobService jobs) : IReadinessCheck
{
    public string Name => "jobs";

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult((jobs as LocalJobs)?.Fault);
}
