using Granary.Cluster;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Granary.Cluster.Grains.Hosting;

/// <summary>The stream of blocks without a broker: its queues are in the memory of the silos.</summary>
public static class MemoryBlockStreams
{
    // A queue is looked at this often; a look costs a call within the cluster.
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);

    private const int Queues = 4;

    // Receivers take blocks at once, and request lost ones from the feed: no event is read twice.
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds the stream provider <see cref="ClusterProviders.Blocks"/>. The silo needs grain storage of the name
    /// <see cref="ClusterProviders.Subscriptions"/>. Events of a queue whose silo is lost are lost.
    /// </summary>
    public static ISiloBuilder AddMemoryBlockStreams(this ISiloBuilder silo) => silo.AddMemoryStreams(ClusterProviders.Blocks, streams =>
    {
        streams.ConfigurePartitioning(Queues);
        streams.ConfigurePullingAgent(agent => agent.Configure(o => o.GetQueueMsgsTimerPeriod = s_look));
        streams.ConfigureCacheEviction(cache => cache.Configure(o => (o.DataMinTimeInCache, o.DataMaxAgeInCache) = (s_kept, s_kept)));
    });
}
