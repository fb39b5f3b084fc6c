using Granary.Testing;

namespace Granary.Kafka.Tests;

/// <summary>Against the client library's own cluster, in this process.</summary>
public sealed class BarsOverMockClusterTests : BarsOverKafkaTests, IDisposable
{
    private readonly MockKafka _kafka = MockKafka.Start();

    protected override (string Brokers, string Options) Kafka => (_kafka.Brokers, "");

    protected override bool CommitsWhileDealing => false;

    public void Dispose() => _kafka.Dispose();
}
