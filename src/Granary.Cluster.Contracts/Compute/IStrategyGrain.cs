using Granary.Cluster.Batches;

namespace Granary.Cluster.Compute;

/// <summary>
/// One strategy of one run; the key is <c>run/strategy id</c>. It owns the strategy's run, processes the blocks that its silo has prepared
/// for the strategies of the feed, and reports its result. Only its own silo calls it: others ask the silo's <see cref="IComputeService"/>.
/// </summary>
[Alias("granary.IStrategyGrain")]
public interface IStrategyGrain : IGrainWithStringKey
{
    /// <summary>Makes the run of a strategy of a group on this silo, and begins it.</summary>
    /// <param name="slot">Position in the group.</param>
    /// <returns>false if the group is not on this silo, or is older than the one that the grain belongs to.</returns>
    [Alias("Start")]
    ValueTask<bool> StartAsync(Guid group, int slot);

    /// <summary>Returns the current status; null if the strategy is not running on this silo.</summary>
    [Alias("Status")]
    ValueTask<StrategyStatus?> StatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops the strategy before its next block; it fails alone, with this reason.</summary>
    /// <returns>false if the strategy is not running on this silo.</returns>
    [Alias("Stop")]
    ValueTask<bool> StopAsync(string reason);
}
