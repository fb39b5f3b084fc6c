using System.Collections.Frozen;
using Confluent.Kafka;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Kafka.Bars;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Kafka.Tests;

/// <summary>Members of a consumer group, and the bars that they receive.</summary>
internal static class GroupMembers
{
    // The mock cluster waits for a second less than the timeout of sessions whenever a member joins. A heartbeat notifies the members.
    private static readonly FrozenDictionary<string, string> s_soon = new Dictionary<string, string>
    {
        ["session.timeout.ms"] = "6000",
        ["heartbeat.interval.ms"] = "200",
    }.ToFrozenDictionary();

    /// <summary>A new topic that the group reads, and whose partitions are dealt within seconds.</summary>
    public static KafkaBarAddress TopicOf(MockKafka kafka, string options) =>
        KafkaBarAddress.Of(Address.Parse($"kafka://{kafka.Brokers}/t-{Guid.NewGuid():N}?{options}")) with { More = s_soon };

    public static List<(int, Bar)> Flat(List<FeedItem> items) =>
        [.. items.Where(i => i.Bars is not null).SelectMany(i => Enumerable.Range(0, i.Bars!.Count).Select(k => (i.Series, i.Bars[k])))];

    // Takes what a feed returns into a shared list, until it ends or must leave: then without the item that it just received.
    public static Task ReadAsync(KafkaBarFeed feed, List<(int, Bar)> bars, CancellationToken leave = default) => Task.Run(async () =>
    {
        using var timeout = new CancellationTokenSource(Eventually.Longest);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, leave);
        await using (feed)
        {
            try
            {
                await foreach (var item in feed.ReadAsync(either.Token))
                {
                    if (leave.IsCancellationRequested) break;
                    lock (bars) bars.AddRange(Flat([item]));
                }
            }
            catch (OperationCanceledException) when (leave.IsCancellationRequested)
            {
                // left while it waited
            }
        }
    });

    // All that was published has been read, and the brokers know it.
    public static async Task CalmAsync(KafkaBarAddress topic)
    {
        using var group = topic.Endpoint.Consumer(topic.Group!);
        var partitions = KafkaBarReader.Partitions(topic, [topic.Topic!]);
        await Eventually.HoldsAsync(() => group.Committed(partitions, Eventually.Longest)
            .All(c => c.Offset.Value == group.QueryWatermarkOffsets(c.TopicPartition, Eventually.Longest).High.Value));
    }

    // All messages of a topic by partition, in their order.
    public static SortedDictionary<int, List<Message<string, byte[]>>> MessagesOf(KafkaBarAddress topic)
    {
        var messages = new SortedDictionary<int, List<Message<string, byte[]>>>();
        var config = new ConsumerConfig { BootstrapServers = topic.Endpoint.Brokers, GroupId = "all", EnablePartitionEof = true };
        using var consumer = new ConsumerBuilder<string, byte[]>(config).Build();
        for (var p = 0; p < MockKafka.Partitions; p++) messages[p] = [];
        consumer.Assign(messages.Keys.Select(p => new TopicPartitionOffset(topic.Topic, p, Offset.Beginning)));
        for (var ends = 0; ends < MockKafka.Partitions;)
        {
            var read = consumer.Consume(Eventually.Longest);
            if (read.IsPartitionEOF) ends++;
            else messages[read.Partition.Value].Add(read.Message);
        }
        return messages;
    }

    // Whether a message has bars and is no heartbeat.
    public static bool HasBars(Message<string, byte[]> message) => message.Key is { Length: > 0 };

    public static async Task SendAsync(KafkaBarAddress topic, int partition, IEnumerable<Message<string, byte[]>> messages)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = topic.Endpoint.Brokers }).Build();
        foreach (var message in messages) await producer.ProduceAsync(new TopicPartition(topic.Topic, partition), message);
    }

    public static int Count(List<(int, Bar)> bars)
    {
        lock (bars) return bars.Count;
    }
}
