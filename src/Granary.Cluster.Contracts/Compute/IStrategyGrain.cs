using Orleans.Concurrency;

namespace Granary.Cluster.Compute;

/// <summary>
/// One strategy of one run; the key is <c>run/strategy id</c>. Lives on the silo where its feed's blocks are and lends its run to the threads there;
/// its result is reported once.
/// </summary>
[Alias("granary.IStrategyGrain")]
public interface IStrategyGrain : IGrainWithStringKey
{
    /// <summary>Takes the strategy's run in the cohort on this silo.</summary>
    /// <param name="slot">Its place in the cohort.</param>
    /// <returns>false where the cohort is not on this silo: the activation goes, and whoever asks again gets one where the cohort is.</returns>
    [Alias("Join")]
    ValueTask<bool> JoinAsync(Guid cohort, int slot);

    /// <summary>How the strategy is just now; null where it is not running.</summary>
    [AlwaysInterleave, Alias("Status")]
    ValueTask<StrategyStatus?> StatusAsync();
}

/// <param name="Bars">Seen so far.</param>
/// <param name="Trades">Closed so far.</param>
/// <param name="Error">Why it failed; null while it has not.</param>
[GenerateSerializer, Immutable, Alias("granary.StrategyStatus")]
public sealed record StrategyStatus([property: Id(0)] long Bars, [property: Id(1)] int Trades, [property: Id(2)] string? Error);
