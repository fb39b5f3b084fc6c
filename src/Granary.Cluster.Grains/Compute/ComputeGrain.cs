using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Compute;

/// <summary>Gives other silos access to the compute threads of this one.</summary>
[SiloKeyPlacement]
[GrainType("compute")]
internal sealed class ComputeGrain(SiloCompute compute, SiloProcess process) : Grain, IComputeGrain
{
    public Task StartAsync(GroupOrder order)
    {
        compute.Start(order);
        return Task.CompletedTask;
    }

    public Task<ComputeStatus> PollAsync(string run, CancellationToken cancellationToken) => Task.FromResult(compute.StatusOf(run));

    public Task StopAsync(string run, IReadOnlyList<Guid>? groups)
    {
        compute.Stop(run, groups);
        return Task.CompletedTask;
    }

    public Task<int[]> GiveUpAsync(string run, Guid group, int most) => Task.FromResult(compute.GiveUp(group, most));

    public async Task<SiloDescription> DescribeAsync(CancellationToken cancellationToken)
    {
        var silo = process.Silo.SiloAddress;
        var statistics = await GrainFactory.GetGrain<IManagementGrain>(0).GetRuntimeStatistics([silo]);
        return new SiloDescription(typeof(ComputeGrain).Assembly.GetName().Version!.ToString(3), compute.Pool.Threads, compute.Groups,
            statistics[0].ActivationCount, compute.IsLeaving || compute.IsDraining);
    }

    public Task DrainAsync(bool drain)
    {
        compute.Drain(drain);
        return Task.CompletedTask;
    }

    public async Task<StrategyStatus?> StrategyAsync(string run, string strategy, CancellationToken cancellationToken) =>
        await Strategy(run, strategy).StatusAsync(cancellationToken);

    public async Task<bool> StopStrategyAsync(string run, string strategy, string reason) =>
        await Strategy(run, strategy).StopAsync(reason);

    // The calls come from this silo, where the strategy's grain is.
    private IStrategyGrain Strategy(string run, string strategy) => GrainFactory.GetGrain<IStrategyGrain>($"{run}/{strategy}");

    public Task RetireAsync()
    {
        // The answer leaves before the silo closes its connections.
        _ = Task.Delay(TimeSpan.FromMilliseconds(100)).ContinueWith(_ => process.Life.StopApplication(), TaskScheduler.Default);
        return Task.CompletedTask;
    }
}
