using Granary.Cluster.Batches;
using Granary.Cluster.Compute;

namespace Granary.Cluster.Grains.Silos;

/// <summary>A silo of the previous version in place of a compute service. The next version removes it.</summary>
internal sealed class EarlierCompute(IComputeGrain grain) : IComputeService
{
    public Task StartAsync(GroupOrder order) => grain.StartAsync(order);

    public Task<ComputeStatus> PollAsync(string run, CancellationToken cancellationToken) => grain.PollAsync(run, cancellationToken);

    public Task StopAsync(string run, IReadOnlyList<Guid>? groups) => grain.StopAsync(run, groups);

    public Task<int[]> GiveUpAsync(string run, Guid group, int most) => grain.GiveUpAsync(run, group, most);

    public Task<SiloDescription> DescribeAsync(CancellationToken cancellationToken) => grain.DescribeAsync(cancellationToken);

    public Task DrainAsync(bool drain) => grain.DrainAsync(drain);

    public Task<StrategyStatus?> StrategyAsync(string run, string strategy, CancellationToken cancellationToken) =>
        grain.StrategyAsync(run, strategy, cancellationToken);

    public Task<bool> StopStrategyAsync(string run, string strategy, string reason) => grain.StopStrategyAsync(run, strategy, reason);

    public Task RetireAsync() => grain.RetireAsync();
}
