using Granary.Cluster;
using Granary.Cluster.Grains.Hosting;
using Granary.Kafka;
using Granary.Silo.Options;

namespace Granary.Silo.Streams;

/// <summary>What carries blocks between silos.</summary>
internal static class StreamProviders
{
    public static void Add(ISiloBuilder silo, SiloSettings settings)
    {
        switch (settings.Streams)
        {
            case StreamTransport.Memory:
                silo.AddMemoryBlockStreams();
                break;
            case StreamTransport.None:
                // Silos request blocks from the feeds.
                break;
            case StreamTransport.Kafka:
                silo.AddKafkaStreams(ClusterProviders.Blocks, o =>
                {
                    o.Endpoint = new KafkaEndpoint(settings.Kafka!) { More = settings.KafkaConfig };
                    o.Topic = $"granary-{settings.ClusterId}-{ClusterProviders.Blocks}";
                    o.StartTimeout = settings.StartTimeout;
                });
                break;
            default:
                throw new InvalidOperationException($"no streams over {settings.Streams}");
        }
    }
}
