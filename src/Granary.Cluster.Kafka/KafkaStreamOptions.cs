using Granary.Kafka;

namespace Granary.Cluster.Kafka;

/// <summary>How a stream provider uses Kafka.</summary>
public sealed class KafkaStreamOptions
{
    public KafkaEndpoint Endpoint { get; set; } = new("127.0.0.1:9092");

    /// <summary>Topic that carries the provider's streams, and the group under which positions are kept; one for each cluster.</summary>
    public string Topic { get; set; } = "granary-blocks";

    /// <summary>Queues, each a partition of the topic. All silos of a cluster must agree on it.</summary>
    public int Queues { get; set; } = 8;

    /// <summary>Copies of each partition; -1 = as many as the brokers make by default.</summary>
    public short Replicas { get; set; } = -1;

    /// <summary>
    /// How long the brokers keep events. They are read within seconds; a batch that was away for longer reads its sources again.
    /// </summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long to wait for the brokers when the silo starts.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Events of a queue that a silo holds in memory at most; then it stops reading from the brokers.</summary>
    public int Cached { get; set; } = 256;
}
