using Granary.Cluster.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Serialization;

namespace Orleans.Hosting;

/// <summary>Streams of grains over Kafka or Redpanda.</summary>
internal static class KafkaStreams
{
    /// <summary>Adds a persistent stream provider: a queue is a partition, an event's token its offset. Not rewindable.</summary>
    public static ISiloBuilder AddKafkaStreams(this ISiloBuilder silo, string name, Action<KafkaStreamOptions> configure)
    {
        // A caller on another silo then gets Granary's exceptions with their messages.
        silo.Services.Configure<ExceptionSerializationOptions>(o => o.SupportedNamespacePrefixes.Add("Granary"));
        silo.Services.AddOptions<KafkaStreamOptions>(name).Configure(configure);
        return silo.AddPersistentStreams(name, KafkaAdapterFactory.Create, streams =>
            // The receiver waits for events itself, so the agent should not sleep between two reads.
            streams.ConfigurePullingAgent(agent => agent.Configure(o => o.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(1))));
    }
}
