using System.Text.Json;
using Confluent.Kafka;
using Granary.Engine.Market;
using Granary.Storage.Retries;

namespace Granary.Kafka.Bars;

/// <summary>
/// Keeps and counts messages that cannot be read. It writes them to the topic TOPIC.set-aside for inspection, as JSON with place, fault and
/// bytes.
/// </summary>
internal sealed class SetAside(KafkaBarAddress address) : IDisposable
{
    private const int Examples = 3;

    private readonly Dictionary<string, (long Count, List<string> First)> _topics = new(StringComparer.Ordinal);
    private IProducer<string, byte[]>? _producer;

    public long Count => _topics.Values.Sum(t => t.Count);

    /// <summary>The fault and the place of the first message; null without one.</summary>
    public string? First => _topics.Values.Select(t => t.First[0]).FirstOrDefault();

    /// <exception cref="BarStoreException">The message cannot be kept, so the read must stop.</exception>
    public void Put(TopicPartitionOffset at, byte[] value, string fault)
    {
        var topic = at.Topic;
        if (!_topics.TryGetValue(topic, out var seen)) seen = (0, []);
        if (seen.First.Count < Examples) seen.First.Add($"partition {at.Partition.Value}, offset {at.Offset.Value}: {fault}");
        _topics[topic] = (seen.Count + 1, seen.First);
        var json = JsonSerializer.SerializeToUtf8Bytes(new
        {
            topic,
            partition = at.Partition.Value,
            offset = at.Offset.Value,
            fault,
            bytes = Convert.ToBase64String(value)
        });
        try
        {
            _producer ??= address.Endpoint.KeyedProducer(4 << 20);
            RetryPolicies.ServerAway(static e => e is KafkaException k && KafkaRetries.Passes(k.Error), KafkaRetries.Away)
                .Execute(() => Send(_producer, topic, at, json));
        }
        catch (KafkaException e)
        {
            throw new BarStoreException($"{topic}, partition {at.Partition.Value}, offset {at.Offset.Value}: {fault}, and it could not be "
                + $"set aside in {topic}.set-aside ({e.Error.Reason}); allow that topic, or remove the message", e);
        }
    }

    // Returns when the broker has acknowledged the message.
    private static void Send(IProducer<string, byte[]> producer, string topic, TopicPartitionOffset at, byte[] json)
    {
        using var arrived = new ManualResetEventSlim();
        Error? failed = null;
        producer.Produce(topic + ".set-aside",
            new Message<string, byte[]> { Key = $"{at.Partition.Value}:{at.Offset.Value}", Value = json }, report =>
        {
            failed = report.Error.IsError ? report.Error : null;
            arrived.Set();
        });
        // The client itself reports a message that it gives up.
        while (!arrived.IsSet) producer.Flush(TimeSpan.FromMilliseconds(500));
        if (failed is not null) throw new KafkaException(failed);
    }

    public IReadOnlyList<string> Notes =>
        [.. _topics.Select(t => $"{t.Key}: {(t.Value.Count == 1 ? "1 message" : $"{t.Value.Count} messages")} without bars "
            + $"{(t.Value.Count == 1 ? "was" : "were")} set aside in {t.Key}.set-aside ({string.Join("; ", t.Value.First)}{(t.Value.Count > Examples ? "; …" : "")})")];

    public void Dispose() => _producer?.Dispose();
}
