using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
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

    public Task<StrategyStatus?> StrategyAsync(string run, string strategy, CancellationToken cancellationToken) =>
        Task.FromResult(compute.Strategy(run, strategy)?.Snapshot is { } now
            ? new StrategyStatus(now.Bars, (int)now.Trades, now.Error, (int)now.State, now.Equity,
                new Dictionary<string, double>(now.Positions)) : null);

    public Task<bool> StopStrategyAsync(string run, string strategy, string reason)
    {
        var found = compute.Strategy(run, strategy);
        found?.Stop(reason);
        return Task.FromResult(found is not null);
    }

    public Task RetireAsync()
    {
        // The answer leaves before the silo closes its connections.
        _ = Task.Delay(TimeSpan.FromMilliseconds(100)).ContinueWith(_ => process.Life.StopApplication(), TaskScheduler.Default);
        return Task.CompletedTask;
    }
}
