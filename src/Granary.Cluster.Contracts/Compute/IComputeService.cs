using Granary.Contracts.Batches;
using Orleans.Services;

namespace Granary.Cluster.Compute;

/// <summary>
/// The compute threads of one silo. Each silo has one such service from its start to its end, which other silos call by the silo's address,
/// without a directory and without an activation. Its identity on the wire follows from the name of this type.
/// </summary>
[Alias("granary.IComputeService")]
internal interface IComputeService : IGrainService
{
    /// <summary>Starts a strategy group; repeated orders change nothing.</summary>
    [Alias("Start")]
    Task StartAsync(GroupWork work);

    /// <summary>Returns the status of the run's strategy groups on this silo.</summary>
    [Alias("Poll")]
    Task<ComputeStatus> PollAsync(string run, CancellationToken cancellationToken = default);

    /// <summary>Stops and removes the named strategy groups of a run; null stops all.</summary>
    [Alias("Stop")]
    Task StopAsync(string run, IReadOnlyList<Guid>? groups);

    /// <summary>Removes strategies from a running group, so another silo can run them from their first bar.</summary>
    /// <returns>Indices of the removed strategies.</returns>
    [Alias("GiveUp")]
    Task<int[]> GiveUpAsync(string run, Guid group, int most);

    [Alias("Describe")]
    Task<SiloDescription> DescribeAsync(CancellationToken cancellationToken = default);

    /// <summary>Makes the silo refuse new strategy groups (true), or take them again (false). Running groups continue.</summary>
    [Alias("Drain")]
    Task DrainAsync(bool drain);

    /// <summary>Returns the current state of a strategy on this silo; null if it is not running here.</summary>
    [Alias("Strategy")]
    Task<BatchStrategy?> StrategyAsync(string run, string strategy, CancellationToken cancellationToken = default);

    /// <summary>Stops a strategy on this silo; it fails alone, with this reason.</summary>
    /// <returns>false if the strategy is not running here.</returns>
    [Alias("StopStrategy")]
    Task<bool> StopStrategyAsync(string run, string strategy, string reason);

    /// <summary>Stops the silo's process as SIGTERM does. Returns before the process ends.</summary>
    [Alias("Retire")]
    Task RetireAsync();
}
