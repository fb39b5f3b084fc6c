using Granary.Contracts.Batches;
using Orleans.Concurrency;

namespace Granary.Cluster.Compute;

/// <summary>
/// One strategy of one run; the key is <c>run/strategy id</c>. It owns the strategy until its outcome and events are durable. The threads
/// of its silo process the blocks, together with the other strategies of its group. Only its own silo calls it: others ask the
/// silo's <see cref="IComputeService"/>.
/// </summary>
[Alias("granary.IStrategyGrain")]
internal interface IStrategyGrain : IGrainWithStringKey
{
    /// <summary>Makes a strategy of a group on this silo.</summary>
    /// <param name="slot">Position in the group.</param>
    /// <returns>false if the group is not on this silo, or is older than the one that the grain belongs to.</returns>
    [Alias("Start")]
    ValueTask<bool> StartAsync(Guid group, int slot);

    /// <summary>Returns the current state; null if the strategy does not run on this silo.</summary>
    [AlwaysInterleave, Alias("Status")]
    ValueTask<BatchStrategy?> StatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops the strategy before its next block; it fails alone, with this reason.</summary>
    /// <returns>false if the strategy does not run on this silo.</returns>
    [AlwaysInterleave, Alias("Stop")]
    ValueTask<bool> StopAsync(string reason);
}
