using Granary.Kafka;

namespace Granary.Cluster.Kafka;

/// <summary>Settings of a stream provider over Kafka.</summary>
internal sealed class KafkaStreamOptions
{
    public KafkaEndpoint Endpoint { get; set; } = new("127.0.0.1:9092");

    /// <summary>Topic that carries the provider's streams, and the group under which positions are kept; one for each cluster.</summary>
    public string Topic { get; set; } = "granary-blocks";

    /// <summary>Number of queues; each is a partition of the topic. All silos of a cluster must use the same number.</summary>
    public int Queues { get; set; } = 8;

    /// <summary>Copies of each partition; -1 = the brokers' default.</summary>
    public short Replicas { get; set; } = -1;

    /// <summary>
    /// How long the brokers keep events. Silos read them within seconds; a batch that was interrupted for longer reads its sources again.
    /// </summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long to wait for the brokers when the silo starts.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Maximum number of messages of a queue that a silo holds in memory; at this number it stops reading.</summary>
    public int Cached { get; set; } = 256;
}
