using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Grains.Silos;

namespace Granary.Cluster.Grains.Compute;

/// <summary>Passes calls of silos of the previous version on to the service of this silo. The next version removes it.</summary>
[SiloKeyPlacement]
[GrainType(ComputeServices.Grain)]
internal sealed class ComputeGrain(ComputeServices services) : Grain, IComputeGrain
{
    private IComputeService Service => services.Own;

    public Task StartAsync(GroupOrder order) => Service.StartAsync(order);

    public Task<ComputeStatus> PollAsync(string run, CancellationToken cancellationToken) => Service.PollAsync(run, cancellationToken);

    public Task StopAsync(string run, IReadOnlyList<Guid>? groups) => Service.StopAsync(run, groups);

    public Task<int[]> GiveUpAsync(string run, Guid group, int most) => Service.GiveUpAsync(run, group, most);

    public Task<SiloDescription> DescribeAsync(CancellationToken cancellationToken) => Service.DescribeAsync(cancellationToken);

    public Task DrainAsync(bool drain) => Service.DrainAsync(drain);

    public Task<StrategyStatus?> StrategyAsync(string run, string strategy, CancellationToken cancellationToken) =>
        Service.StrategyAsync(run, strategy, cancellationToken);

    public Task<bool> StopStrategyAsync(string run, string strategy, string reason) =>
        Service.StopStrategyAsync(run, strategy, reason);

    public Task RetireAsync() => Service.RetireAsync();
}
