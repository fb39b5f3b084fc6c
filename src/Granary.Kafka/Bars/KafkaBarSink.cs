using System.Text;
using Confluent.Kafka;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Kafka.Bars;

/// <summary>
/// Publishes a feed to Kafka: bars to the partition of their market's key, heartbeats and the end to every partition of every topic. Messages
/// carry market time as their time, so that readers can seek by it; topics that are made keep it for ever.
/// </summary>
/// <remarks>
/// The client sends again what a broker that was away did not acknowledge. From 0.11 on brokers drop what is sent twice; before that, a reader does.
/// A producer that is faster than the brokers waits.
/// </remarks>
public sealed class KafkaBarSink : IFeedSink
{
    /// <summary>The most that waits for the brokers, bytes.</summary>
    internal const int Queue = 32 << 20;

    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["retention.ms"] = "-1", // messages are as old as their market; a broker must not think them out of date
        ["message.timestamp.type"] = "CreateTime",
    };

    private readonly KafkaBarAddress _address;
    private readonly Guid _replay;
    private readonly IProducer<string, byte[]> _producer;
    private readonly BarMessageCodec.Memory _memory = new();
    private readonly Dictionary<string, int> _topics = new(StringComparer.Ordinal);
    private readonly Dictionary<MarketSeries, (string Key, TopicPartition To)> _markets = new(ReferenceEqualityComparer.Instance);
    private readonly Action<DeliveryReport<string, byte[]>> _delivered;
    private Error? _fault;
    private bool _prepared;

    /// <param name="replay">Names this session in its messages.</param>
    public KafkaBarSink(KafkaBarAddress address, Guid replay) : this(address, replay, Queue)
    {
    }

    /// <param name="queue">The most that waits for the brokers, bytes.</param>
    internal KafkaBarSink(KafkaBarAddress address, Guid replay, int queue)
    {
        _address = address;
        _replay = replay;
        _producer = address.Endpoint.KeyedProducer(!address.BeforeTimes, queue);
        _delivered = report =>
        {
            if (report.Error.IsError) Interlocked.CompareExchange(ref _fault, report.Error, null);
        };
    }

    /// <summary>How often a message had to wait for room.</summary>
    internal long Waits { get; private set; }

    public async ValueTask PublishAsync(IReadOnlyList<MarketSeries> series, FeedItem item, CancellationToken cancellationToken = default)
    {
        if (!_prepared) await PrepareAsync(series).ConfigureAwait(false);
        var message = BarMessage.Of(_replay, series, item);
        var bytes = _address.Json ? BarMessageCodec.ToJson(message, _memory) : BarMessageCodec.ToBytes(message, _memory);
        if (message.Market is { } market)
        {
            var (key, to) = _markets[market];
            await SendAsync(to, key, bytes, item.Time, cancellationToken).ConfigureAwait(false);
            return;
        }
        // Behind all bars up to its time, in each partition.
        foreach (var (topic, partitions) in _topics)
            for (var p = 0; p < partitions; p++)
                await SendAsync(new TopicPartition(topic, p), null, bytes, item.Time, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask PrepareAsync(IReadOnlyList<MarketSeries> series)
    {
        try
        {
            foreach (var market in series)
            {
                var topic = _address.TopicOf(market.Timeframe, market.Instrument.Symbol);
                if (!_topics.TryGetValue(topic, out var partitions))
                {
                    // one that is there is taken as it is
                    partitions = _address.Endpoint.Partitions(topic, _address.Timeout);
                    if (partitions == 0 && !_address.BeforeTimes)
                    {
                        await _address.Endpoint.EnsureTopicAsync(topic, 1, -1, _address.Timeout, Settings, _address.Partitions).ConfigureAwait(false);
                        partitions = _address.Endpoint.Partitions(topic, _address.Timeout);
                    }
                    // Brokers without administration make a topic because it was asked for.
                    for (var waited = System.Diagnostics.Stopwatch.StartNew(); partitions == 0 && waited.Elapsed < _address.Timeout; partitions = _address.Endpoint.Partitions(topic, _address.Timeout))
                        await Task.Delay(100).ConfigureAwait(false);
                    if (partitions == 0) throw new BarStoreException($"the topic '{topic}' does not exist at {_address.Brokers}, and the brokers do not make it; make it by hand");
                    _topics[topic] = partitions;
                }
                var key = BarMessage.KeyOf(market.Instrument);
                _markets[market] = (key, new TopicPartition(topic, PartitionOf(key, partitions)));
            }
        }
        catch (KafkaFailedException e)
        {
            throw new BarStoreException(e.Message, e);
        }
        _prepared = true;
    }

    private async ValueTask SendAsync(TopicPartition to, string? key, byte[] bytes, long time, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_fault is { } fault) throw Failed(fault);
            try
            {
                _producer.Produce(to, new Message<string, byte[]> { Key = key!, Value = bytes, Timestamp = new Timestamp(new DateTime(time, DateTimeKind.Utc)) }, _delivered);
                return;
            }
            catch (ProduceException<string, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                // the brokers are slower than we: wait until some of it has gone
                Waits++;
                await Task.Run(() => _producer.Poll(TimeSpan.FromMilliseconds(20)), cancellationToken).ConfigureAwait(false);
            }
            catch (KafkaException e)
            {
                throw Failed(e.Error);
            }
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        while (await Task.Run(() => _producer.Flush(TimeSpan.FromMilliseconds(200)), cancellationToken).ConfigureAwait(false) > 0)
            if (_fault is { } fault) throw Failed(fault);
        if (_fault is { } last) throw Failed(last);
    }

    private BarStoreException Failed(Error error) =>
        new($"Kafka at {_address.Brokers} did not take what was published ({error.Reason}); start it or make room, and run the replay again: readers leave out what they have");

    /// <summary>FNV-1a, so that a market has the same partition whatever client publishes it from here.</summary>
    private static int PartitionOf(string key, int partitions)
    {
        var hash = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes(key)) hash = (hash ^ b) * 16777619u;
        return (int)(hash % (uint)partitions);
    }

    public ValueTask DisposeAsync()
    {
        _producer.Dispose();
        return ValueTask.CompletedTask;
    }
}
