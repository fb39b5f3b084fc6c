using Granary.Contracts.Sessions;
using Orleans.Concurrency;

namespace Granary.Cluster.Portfolios;

/// <summary>
/// One strategy of one live session; the key is <c>account/strategy id</c>. It owns the strategy's run, which the session's thread
/// processes. It lives on the silo with this thread, and only this silo calls it: others ask the <see cref="ISessionGrain"/>.
/// </summary>
[Alias("granary.ILiveStrategyGrain")]
internal interface ILiveStrategyGrain : IGrainWithStringKey
{
    /// <summary>Takes over the strategy of a session on this silo.</summary>
    /// <param name="epoch">Epoch of the attempt that runs the session.</param>
    /// <returns>false if this attempt does not run on this silo.</returns>
    [Alias("Start")]
    ValueTask<bool> StartAsync(long epoch);

    /// <summary>Returns the current state of the strategy; null if it does not run on this silo.</summary>
    [AlwaysInterleave, Alias("Status")]
    ValueTask<SessionStrategy?> StatusAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Stops the strategy through the session's journal, as the command to disable it does. It answers when the command is in the journal,
    /// or after about 20 s without a journal. A strategy that is disabled or has failed does not change.
    /// </summary>
    /// <returns>The strategy after the command; null if it does not run on this silo.</returns>
    [AlwaysInterleave, Alias("Stop")]
    Task<SessionStrategy?> StopAsync(string who, string why);
}
