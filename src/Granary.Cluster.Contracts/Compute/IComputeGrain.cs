using Granary.Cluster.Batches;
using Orleans.Concurrency;

namespace Granary.Cluster.Compute;

/// <summary>
/// Passes calls of silos of the previous version on to the <see cref="IComputeService"/> of the silo whose address is the key. The next
/// version removes it.
/// </summary>
[Alias("granary.IComputeGrain")]
public interface IComputeGrain : IGrainWithStringKey
{
    /// <inheritdoc cref="IComputeService.StartAsync"/>
    [AlwaysInterleave, Alias("Start")]
    Task StartAsync(GroupOrder order);

    /// <inheritdoc cref="IComputeService.PollAsync"/>
    [AlwaysInterleave, Alias("Poll")]
    Task<ComputeStatus> PollAsync(string run, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="IComputeService.StopAsync"/>
    [AlwaysInterleave, Alias("Stop")]
    Task StopAsync(string run, IReadOnlyList<Guid>? groups);

    /// <inheritdoc cref="IComputeService.GiveUpAsync"/>
    [AlwaysInterleave, Alias("GiveUp")]
    Task<int[]> GiveUpAsync(string run, Guid group, int most);

    /// <inheritdoc cref="IComputeService.DescribeAsync"/>
    [AlwaysInterleave, Alias("Describe")]
    Task<SiloDescription> DescribeAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="IComputeService.DrainAsync"/>
    [AlwaysInterleave, Alias("Drain")]
    Task DrainAsync(bool drain);

    /// <inheritdoc cref="IComputeService.StrategyAsync"/>
    [AlwaysInterleave, Alias("Strategy")]
    Task<StrategyStatus?> StrategyAsync(string run, string strategy, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="IComputeService.StopStrategyAsync"/>
    [AlwaysInterleave, Alias("StopStrategy")]
    Task<bool> StopStrategyAsync(string run, string strategy, string reason);

    /// <inheritdoc cref="IComputeService.RetireAsync"/>
    [AlwaysInterleave, Alias("Retire")]
    Task RetireAsync();
}
