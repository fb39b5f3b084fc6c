namespace Granary.Cluster.Compute;

/// <summary>
/// One strategy of one run; the key is <c>run/strategy id</c>. It owns the strategy, which the threads of its silo process together with
/// the others of its group, and reports its result. Only its own silo calls it: others ask the silo's <see cref="IComputeService"/>.
/// </summary>
[Alias("granary.IStrategyGrain")]
public interface IStrategyGrain : IGrainWithStringKey
{
    /// <summary>Makes a strategy of a group on this silo.</summary>
    /// <param name="slot">Position in the group.</param>
    /// <returns>false if the group is not on this silo, or is older than the one that the grain belongs to.</returns>
    [Alias("Start")]
    ValueTask<bool> StartAsync(Guid group, int slot);
}
