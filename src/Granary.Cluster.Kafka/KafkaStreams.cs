using Granary.Cluster.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Serialization;

namespace Orleans.Hosting;

/// <summary>Streams of grains over Kafka or Redpanda.</summary>
public static class KafkaStreams
{
    /// <summary>Adds a persistent stream provider: a queue is a partition, an event's token its offset. Not rewindable.</summary>
    public static ISiloBuilder AddKafkaStreams(this ISiloBuilder silo, string name, Action<KafkaStreamOptions> configure)
    {
        // so that a caller on another silo gets the sentence too
        silo.Services.Configure<ExceptionSerializationOptions>(o => o.SupportedNamespacePrefixes.Add("Granary"));
        silo.Services.AddOptions<KafkaStreamOptions>(name).Configure(configure);
        return silo.AddPersistentStreams(name, KafkaAdapterFactory.Create, streams =>
            // the receiver itself waits for events, so the agent comes back at once instead of sleeping between looks
            streams.ConfigurePullingAgent(agent => agent.Configure(o => o.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(1))));
    }
}
