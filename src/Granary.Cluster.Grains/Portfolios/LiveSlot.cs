using Granary.Contracts.Sessions;
using Granary.Trading.Live;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>
/// The place of one strategy in a live session, owned by the strategy's grain: no run is made before. If the grain ends early, the next
/// activation takes over the place with the run as it is.
/// </summary>
internal sealed class LiveSlot(RunningSession session, string strategy)
{
    private LiveStrategyGrain? _owner;

    /// <summary>Completes with the attempt to run the session.</summary>
    public Task Ended => session.Ended;

    /// <summary>The strategy as it stands; null where its run is not made yet, and at the end.</summary>
    public SessionStrategy? Standing => session.Strategies.Find(strategy);

    /// <summary>Gives the place to a grain.</summary>
    public void Own(LiveStrategyGrain grain) => Interlocked.Exchange(ref _owner, grain);

    /// <summary>Takes the place from a grain that ends; another activation follows while the session runs.</summary>
    public void Leave(LiveStrategyGrain grain)
    {
        if (Interlocked.CompareExchange(ref _owner, null, grain) == grain) session.OwnAgain(strategy);
    }

    /// <summary>Puts the command that stops the strategy into the session's journal.</summary>
    public Task StopAsync(string who, string why) => session.CommandAsync(SessionStrategies.StopOrder(strategy, who, why));
}
