using Granary.Cluster.Batches;
using Orleans.Concurrency;

namespace Granary.Cluster.Compute;

/// <summary>
/// One strategy of one run; the key is <c>run/strategy id</c>. It has the strategy's run made, owns it, and reports its result. The threads
/// of its silo process the run together with those of other grains of the same feed. It lives on the silo with these threads, and only this
/// silo calls it: others ask the silo's <see cref="IComputeService"/>.
/// </summary>
[Alias("granary.IStrategyGrain")]
public interface IStrategyGrain : IGrainWithStringKey
{
    /// <summary>Takes over a strategy of a group on this silo: has its run made, and reports its outcome.</summary>
    /// <param name="slot">Position in the group.</param>
    /// <returns>false if the group is not on this silo, or is older than the one that the grain belongs to.</returns>
    [Alias("Start")]
    ValueTask<bool> StartAsync(Guid group, int slot);

    /// <summary>Returns the current status; null if the strategy is not running on this silo.</summary>
    [AlwaysInterleave, Alias("Status")]
    ValueTask<StrategyStatus?> StatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops the strategy before its next block; it fails alone, with this reason.</summary>
    /// <returns>false if the strategy is not running on this silo.</returns>
    [AlwaysInterleave, Alias("Stop")]
    ValueTask<bool> StopAsync(string reason);
}
