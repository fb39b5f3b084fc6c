using Confluent.Kafka;
using Granary.Kafka;

namespace Granary.Testing;

/// <summary>
/// librdkafka's own mock of a Kafka cluster, in this process, speaking the real protocol on loopback: clients of any process connect to it
/// as to a broker. It keeps topics and positions in memory, makes topics with four partitions when they are asked for, and knows no
/// administration.
/// </summary>
internal sealed class MockKafka : IDisposable
{
    public const int Partitions = 4;

    private readonly IProducer<Null, byte[]> _owner;

    private MockKafka(IProducer<Null, byte[]> owner, string brokers)
    {
        _owner = owner;
        Brokers = brokers;
    }

    public string Brokers { get; }

    public KafkaEndpoint Endpoint => new(Brokers);

    /// <summary>Starts a cluster of one broker.</summary>
    public static MockKafka Start()
    {
        var config = new ProducerConfig { BootstrapServers = "replaced:1" };
        config.Set("test.mock.num.brokers", "1");
        var owner = new ProducerBuilder<Null, byte[]>(config).SetLogHandler((_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(owner.Handle).Build();
        var broker = admin.GetMetadata(Eventually.Longest).Brokers.Single();
        return new MockKafka(owner, $"{broker.Host}:{broker.Port}");
    }

    public void Dispose() => _owner.Dispose();
}
