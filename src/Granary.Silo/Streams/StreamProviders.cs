using Granary.Api.Health;
using Granary.Cluster;
using Granary.Cluster.Grains.Hosting;
using Granary.Kafka;
using Granary.Silo.Options;
using Granary.Silo.Readiness;

namespace Granary.Silo.Streams;

/// <summary>Registers the stream provider that carries blocks between silos.</summary>
internal static class StreamProviders
{
    public static void Add(ISiloBuilder silo, SiloSettings settings)
    {
        switch (settings.Streams)
        {
            case StreamTransport.Memory:
                silo.AddMemoryBlockStreams();
                break;
            case StreamTransport.Kafka:
                var endpoint = new KafkaEndpoint(settings.Kafka!) { More = settings.KafkaConfig };
                var topic = $"granary-{settings.ClusterId}-{ClusterProviders.Blocks}";
                silo.AddKafkaStreams(ClusterProviders.Blocks,
                    o => (o.Endpoint, o.Topic, o.StartTimeout) = (endpoint, topic, settings.StartTimeout));
                silo.Services.AddSingleton(_ => new KafkaProbe(endpoint, topic));
                silo.Services.AddSingleton<IReadinessCheck, StreamReadiness>();
                break;
            default:
                throw new InvalidOperationException($"no streams over {settings.Streams}");
        }
    }
}
