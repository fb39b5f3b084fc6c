using Orleans.Concurrency;

namespace Granary.Cluster.Compute;

/// <summary>
/// One strategy of one run; the key is <c>run/strategy id</c>. It is placed on the silo with its feed's blocks, lends its run to the
/// threads
/// there, and reports its result once.
/// </summary>
[Alias("granary.IStrategyGrain")]
public interface IStrategyGrain : IGrainWithStringKey
{
    /// <summary>Adds the strategy's run to the strategy group on this silo.</summary>
    /// <param name="slot">Position in the group.</param>
    /// <returns>false if the group is not on this silo: the activation ends, and the next call creates one on the right silo.</returns>
    [Alias("Join")]
    ValueTask<bool> JoinAsync(Guid group, int slot);

    /// <summary>Returns the current status; null if the strategy is not running.</summary>
    [AlwaysInterleave, Alias("Status")]
    ValueTask<StrategyStatus?> StatusAsync();
}

/// <param name="Bars">Bars processed so far.</param>
/// <param name="Trades">Trades closed so far.</param>
/// <param name="Error">Why it failed; null if it has not.</param>
[GenerateSerializer, Immutable, Alias("granary.StrategyStatus")]
public sealed record StrategyStatus([property: Id(0)] long Bars, [property: Id(1)] int Trades, [property: Id(2)] string? Error);
