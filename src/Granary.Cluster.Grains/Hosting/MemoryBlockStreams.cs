using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Granary.Cluster.Grains.Hosting;

/// <summary>The stream of blocks without a broker: its queues are in the memory of the silos.</summary>
internal static class MemoryBlockStreams
{
    // Orleans has eight. An agent looks at each of them every few milliseconds while blocks come, which costs a call within the cluster.
    private const int Queues = 4;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);

    // Windows take blocks at once, and request lost ones from the feed: no event is read twice. Orleans keeps them for minutes.
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds the stream provider <see cref="ClusterProviders.Blocks"/>. The silo needs grain storage of the name
    /// <see cref="ClusterProviders.Subscriptions"/>. Events of a queue whose silo is lost are lost.
    /// </summary>
    public static ISiloBuilder AddMemoryBlockStreams(this ISiloBuilder silo)
    {
        ByteSegmentCodec.Add(silo.Services);
        // Orleans warns of each block that arrives after its window has been closed.
        // It logs each read of a queue whose silo leaves as an error; windows request the blocks, and the feed warns of its detours.
        silo.Services.AddLogging(l => l.AddFilter("Orleans.Streams.StreamConsumerExtension", LogLevel.Error)
            .AddFilter("Orleans.Providers.MemoryAdapterReceiver", LogLevel.Critical)
            .AddFilter("Orleans.Streams." + ClusterProviders.Blocks, LogLevel.Critical));
        return silo.AddPersistentStreams(ClusterProviders.Blocks, MemoryBlockQueues.Create, streams =>
        {
            streams.Configure<HashRingStreamQueueMapperOptions>(o => o.Configure(q => q.TotalQueueCount = Queues));
            streams.ConfigurePullingAgent(agent => agent.Configure(o => o.GetQueueMsgsTimerPeriod = s_look));
            streams.Configure<StreamCacheEvictionOptions>(cache =>
                cache.Configure(o => (o.DataMinTimeInCache, o.DataMaxAgeInCache) = (s_kept, s_kept)));
        });
    }
}
