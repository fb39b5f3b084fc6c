using Granary.Testing;

namespace Granary.Kafka.Tests;

public sealed class KafkaProbeTests
{
    private static readonly TimeSpan s_brief = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task Brokers_that_have_the_topic_are_no_fault_until_they_stop()
    {
        var kafka = MockKafka.Start();
        using var probe = new KafkaProbe(kafka.Endpoint, "blocks");
        await Eventually.IsAsync(() => probe.FaultAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken), f => f is null);
        kafka.Dispose();
        var fault = await Eventually.IsAsync(() => probe.FaultAsync(s_brief, TestContext.Current.CancellationToken), f => f is not null);
        fault.ShouldNotBeNull().ShouldStartWith($"Kafka at {kafka.Brokers} did not answer within");
    }
}
