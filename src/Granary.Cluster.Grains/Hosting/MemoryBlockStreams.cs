using Granary.Cluster;
using Granary.Cluster.Grains.Feeds;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Granary.Cluster.Grains.Hosting;

/// <summary>The stream of blocks without a broker: its queues are in the memory of the silos.</summary>
public static class MemoryBlockStreams
{
    // A queue is looked at this often; a look costs a call within the cluster.
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);

    // Receivers take blocks at once, and request lost ones from the feed: no event is read twice.
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds the stream provider <see cref="ClusterProviders.Blocks"/>. The silo needs grain storage of the name
    /// <see cref="ClusterProviders.Subscriptions"/>. Events of a queue whose silo is lost are lost.
    /// </summary>
    public static ISiloBuilder AddMemoryBlockStreams(this ISiloBuilder silo)
    {
        BlockQueueGrains.Add(silo.Services);
        // Orleans warns of each block that arrives after its reader has left: readers that were behind have requested it.
        silo.Services.AddLogging(l => l.AddFilter("Orleans.Streams.StreamConsumerExtension", LogLevel.Error));
        return silo.AddMemoryStreams(ClusterProviders.Blocks, streams =>
        {
            streams.ConfigurePartitioning(BlockQueues.Count);
            streams.ConfigurePartitionBalancing(static (services, _) => new BlockQueueBalancer(services));
            streams.ConfigurePullingAgent(agent => agent.Configure(o => o.GetQueueMsgsTimerPeriod = s_look));
            streams.ConfigureCacheEviction(cache => cache.Configure(o => (o.DataMinTimeInCache, o.DataMaxAgeInCache) = (s_kept, s_kept)));
        });
    }
}
