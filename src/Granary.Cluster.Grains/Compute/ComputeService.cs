using Granary.Cluster.Compute;
using Granary.Contracts.Batches;
using Granary.Server.Operations;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Compute;

/// <summary>Gives other silos access to the compute threads of this one.</summary>
internal sealed class ComputeService(GrainId id, Silo silo, ILoggerFactory loggers, SiloCompute compute, SiloProcess process)
    : GrainService(id, silo, loggers), IComputeService
{
    private IGrainFactory Grains => compute.Services.Grains;

    public Task StartAsync(GroupWork work)
    {
        compute.Start(work);
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
        var statistics = await Grains.GetGrain<IManagementGrain>(0).GetRuntimeStatistics([process.Silo.SiloAddress]);
        return new SiloDescription(ProgramVersion.Text, compute.Pool.Threads, compute.Groups,
            statistics[0].ActivationCount, compute.IsLeaving || compute.IsDraining);
    }

    public Task DrainAsync(bool drain)
    {
        compute.Drain(drain);
        return Task.CompletedTask;
    }

    public Task<BatchStrategy?> StrategyAsync(string run, string strategy, CancellationToken cancellationToken) =>
        GrainOf(run, strategy).StatusAsync(cancellationToken).AsTask();

    public Task<bool> StopStrategyAsync(string run, string strategy, string reason) => GrainOf(run, strategy).StopAsync(reason).AsTask();

    // The grain of a strategy is on the silo that runs it, which alone knows it.
    private IStrategyGrain GrainOf(string run, string strategy) => Grains.GetGrain<IStrategyGrain>($"{run}/{strategy}");

    public Task RetireAsync()
    {
        // The answer leaves before the silo closes its connections.
        _ = Task.Delay(TimeSpan.FromMilliseconds(100), compute.Clock)
            .ContinueWith(_ => process.Life.StopApplication(), TaskScheduler.Default);
        return Task.CompletedTask;
    }
}
