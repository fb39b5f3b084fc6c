using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;

namespace Granary.Cluster.Grains.Compute;

/// <summary>Gives other silos access to the compute threads of this one.</summary>
[SiloKeyPlacement]
[GrainType("compute")]
internal sealed class ComputeGrain(SiloCompute compute) : Grain, IComputeGrain
{
    public Task StartAsync(GroupOrder order)
    {
        compute.Start(order);
        return Task.CompletedTask;
    }

    public Task<ComputeStatus> PollAsync(string run) => Task.FromResult(compute.StatusOf(run));

    public Task StopAsync(string run, IReadOnlyList<Guid>? groups)
    {
        compute.Stop(run, groups);
        return Task.CompletedTask;
    }

    public Task<int[]> GiveUpAsync(string run, Guid group, int most) => Task.FromResult(compute.GiveUp(group, most));
}
