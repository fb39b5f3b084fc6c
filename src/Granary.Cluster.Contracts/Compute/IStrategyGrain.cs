using Granary.Cluster.Batches;
using Orleans.Concurrency;

namespace Granary.Cluster.Compute;

/// <summary>
/// One strategy of one run; the key is <c>run/strategy id</c>. It is placed on the silo whose threads process its run, answers how the
/// strategy stands, and stops it.
/// </summary>
[Alias("granary.IStrategyGrain")]
public interface IStrategyGrain : IGrainWithStringKey
{
    /// <summary>Binds the activation to the strategy group on this silo that has its run.</summary>
    /// <param name="slot">Position in the group.</param>
    /// <returns>false if the group is not on this silo: the activation ends, and the next call creates one on the right silo.</returns>
    [Alias("Join")]
    ValueTask<bool> JoinAsync(Guid group, int slot);

    /// <summary>Returns the current status; null if the strategy is not running.</summary>
    [AlwaysInterleave, Alias("Status")]
    ValueTask<StrategyStatus?> StatusAsync();

    /// <summary>Stops the strategy before its next block; it fails alone, with this reason.</summary>
    /// <returns>false if the strategy is not running.</returns>
    [AlwaysInterleave, Alias("Stop")]
    ValueTask<bool> StopAsync(string reason);
}
