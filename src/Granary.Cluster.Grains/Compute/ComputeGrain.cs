using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;

namespace Granary.Cluster.Grains.Compute;

/// <summary>The way to a silo's threads.</summary>
[SiloKeyPlacement]
[GrainType("compute")]
internal sealed class ComputeGrain(SiloCompute compute) : Grain, IComputeGrain
{
    public Task StartAsync(CohortOrder order)
    {
        compute.Start(order);
        return Task.CompletedTask;
    }

    public Task<ComputeStatus> PollAsync(string run) => Task.FromResult(compute.StatusOf(run));

    public Task StopAsync(string run, IReadOnlyList<Guid>? cohorts)
    {
        compute.Stop(run, cohorts);
        return Task.CompletedTask;
    }

    public Task<int[]> GiveUpAsync(string run, Guid cohort, int most) => Task.FromResult(compute.GiveUp(cohort, most));
}
