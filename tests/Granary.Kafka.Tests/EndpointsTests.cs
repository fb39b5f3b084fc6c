using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Granary.Testing;

namespace Granary.Kafka.Tests;

public class EndpointsTests
{
    [Fact]
    public async Task What_is_produced_is_consumed_from_any_position_and_positions_are_kept()
    {
        using var kafka = MockKafka.Start();
        await kafka.Endpoint.EnsureTopicAsync("t", MockKafka.Partitions, 1, Eventually.Longest);
        using var producer = kafka.Endpoint.Producer();
        var partition = new TopicPartition("t", 2);
        for (byte i = 0; i < 10; i++)
            (await producer.ProduceAsync(partition, new Message<Null, byte[]> { Value = [i] })).Offset.Value.ShouldBe(i);
        using (var consumer = kafka.Endpoint.Consumer("g"))
        {
            consumer.Committed([partition], Eventually.Longest)[0].Offset.IsSpecial.ShouldBeTrue();
            consumer.Assign(new TopicPartitionOffset(partition, 3));
            for (byte i = 3; i < 10; i++) consumer.Consume(Eventually.Longest).Message.Value.ShouldBe([i]);
            consumer.Commit([new TopicPartitionOffset(partition, 7)]);
        }
        using var later = kafka.Endpoint.Consumer("g");
        later.Committed([partition], Eventually.Longest)[0].Offset.Value.ShouldBe(7);
    }

    [Fact]
    public async Task A_topic_with_too_few_partitions_is_said_to_have_them()
    {
        using var kafka = MockKafka.Start();
        (await Should.ThrowAsync<KafkaFailedException>(() => kafka.Endpoint.EnsureTopicAsync("t", 6, 1,
            Eventually.Longest))).Message.ShouldContain("has 4 partitions and 6 are needed");
    }

    [Fact]
    public async Task Brokers_that_do_not_answer_end_the_wait_with_a_sentence()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var endpoint = new KafkaEndpoint($"127.0.0.1:{((IPEndPoint)mute.LocalEndpoint).Port}");
        (await Should.ThrowAsync<KafkaFailedException>(() => endpoint.EnsureTopicAsync("t", 1, 1,
            TimeSpan.FromSeconds(2)))).Message.ShouldContain("did not answer within 2 s");
    }
}
