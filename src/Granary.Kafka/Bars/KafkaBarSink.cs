using System.Collections.Frozen;
using System.Text;
using Confluent.Kafka;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Kafka.Bars;

/// <summary>
/// Publishes a feed to Kafka: bars to the partition of their market's key, heartbeats and the end to every partition of every topic. A
/// message's timestamp is its market time, so readers can seek by time. Topics that the sink creates keep their messages without a
/// time limit.
/// </summary>
/// <remarks>
/// Messages that an unavailable broker did not acknowledge are sent again, in order. If no acknowledgement comes for a second, or a message
/// is rejected, the sink sends nothing new until all sent messages have arrived. So no heartbeat overtakes its bars. Brokers drop
/// duplicates. If the feed is faster than the brokers, the sink waits.
/// </remarks>
internal sealed class KafkaBarSink : IFeedSink
{
    /// <summary>A message that is kept until the brokers have acknowledged it.</summary>
    private sealed class SentMessage(KafkaBarSink sink, long number, TopicPartition to, Message<string, byte[]> message)
    {
        public long Number => number;

        public TopicPartition To => to;

        public Message<string, byte[]> Message => message;

        public void Delivered(DeliveryReport<string, byte[]> report) => sink.Delivered(this, report.Error);
    }

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    /// <summary>The maximum size of messages that wait for the brokers, bytes.</summary>
    internal const int Queue = 32 << 20;

    private static readonly FrozenDictionary<string, string> Settings = new Dictionary<string, string>
    {
        ["retention.ms"] = "-1", // messages have the age of their market data; brokers must not expire them
        ["message.timestamp.type"] = "CreateTime",
    }.ToFrozenDictionary();

    private readonly KafkaBarAddress _address;
    private readonly Guid _replay;
    private readonly IProducer<string, byte[]> _producer;
    private readonly BarMessageCodec.Memory _memory = new();
    private readonly Dictionary<string, int> _topics = new(StringComparer.Ordinal);
    private readonly Dictionary<MarketSeries, (string Key, TopicPartition To)> _markets = new(ReferenceEqualityComparer.Instance);
    private readonly List<SentMessage> _turnedAway = [];
    private Error? _fault, _passing;
    private long _sent, _received;
    private int _underWay;
    private bool _prepared;

    /// <param name="replay">Identifies this session in its messages.</param>
    public KafkaBarSink(KafkaBarAddress address, Guid replay) : this(address, replay, Queue)
    {
    }

    /// <param name="queue">The maximum size of messages that wait for the brokers, bytes.</param>
    /// <param name="endpoint">Client settings that replace those of the address; null keeps the address's own.</param>
    internal KafkaBarSink(KafkaBarAddress address, Guid replay, int queue, KafkaEndpoint? endpoint = null)
    {
        _address = address;
        _replay = replay;
        _producer = (endpoint ?? address.Endpoint).KeyedProducer(queue);
    }

    // The client calls this on its own thread.
    private void Delivered(SentMessage sent, Error error)
    {
        if (error.IsError) Refused(sent, error);
        Volatile.Write(ref _received, System.Diagnostics.Stopwatch.GetTimestamp());
        Interlocked.Decrement(ref _underWay);
    }

    private void Refused(SentMessage sent, Error error)
    {
        if (!KafkaRetries.Passes(error))
        {
            Interlocked.CompareExchange(ref _fault, error, null);
            return;
        }
        Volatile.Write(ref _passing, error);
        lock (_turnedAway) _turnedAway.Add(sent);
    }

    /// <summary>The number of times that rejected messages were sent again.</summary>
    internal long Again { get; private set; }

    /// <summary>The number of times that a message had to wait for room in the queue.</summary>
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
        // In each partition, the heartbeat or end follows all bars up to its time.
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
                    // an existing topic is used as it is
                    partitions = _address.Endpoint.Partitions(topic, _address.Timeout);
                    if (partitions == 0)
                    {
                        await _address.Endpoint.EnsureTopicAsync(topic, 1, -1, _address.Timeout, new Dictionary<string, string>(Settings),
                            _address.Partitions).ConfigureAwait(false);
                        partitions = _address.Endpoint.Partitions(topic, _address.Timeout);
                    }
                    // Brokers without administration requests create a topic when it is queried.
                    for (var waited = System.Diagnostics.Stopwatch.StartNew(); partitions == 0
                        && waited.Elapsed < _address.Timeout; partitions = _address.Endpoint.Partitions(topic, _address.Timeout))
                        await Task.Delay(100).ConfigureAwait(false);
                    if (partitions == 0) throw new BarStoreException($"the topic "
                        + $"'{topic}' does not exist at {_address.Brokers}, and the brokers do not create it; create it by hand");
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
        var sent = new SentMessage(this, _sent++, to,
            new Message<string, byte[]> { Key = key!, Value = bytes, Timestamp = new Timestamp(new DateTime(time, DateTimeKind.Utc)) });
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_fault is { } fault) throw Failed(fault);
            if (Falters) await SettleAsync(cancellationToken).ConfigureAwait(false);
            if (TrySend(sent)) return;
            // the brokers are slower than the feed: wait until the queue has room
            Waits++;
            await Task.Run(() => _producer.Poll(TimeSpan.FromMilliseconds(20)), cancellationToken).ConfigureAwait(false);
        }
    }

    // Whether a message was rejected, or the brokers have not acknowledged sent messages for too long.
    private bool Falters
    {
        get
        {
            lock (_turnedAway)
                if (_turnedAway.Count > 0)
                    return true;
            return Volatile.Read(ref _underWay) > 0 && System.Diagnostics.Stopwatch.GetElapsedTime(Volatile.Read(ref _received)) > Silence;
        }
    }

    // False if the queue is full.
    private bool TrySend(SentMessage sent)
    {
        if (Interlocked.Increment(ref _underWay) == 1) Volatile.Write(ref _received, System.Diagnostics.Stopwatch.GetTimestamp());
        try
        {
            _producer.Produce(sent.To, sent.Message, sent.Delivered);
            return true;
        }
        catch (KafkaException e)
        {
            Interlocked.Decrement(ref _underWay);
            if (e.Error.Code == ErrorCode.Local_QueueFull) return false;
            Refused(sent, e.Error);
            return true;
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken = default) =>
        await SettleAsync(cancellationToken).ConfigureAwait(false);

    // Waits until all sent messages have arrived. Rejected messages are sent again in order. The first of them is sent alone, so that none
    // overtakes it.
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            await ArrivedAsync(cancellationToken).ConfigureAwait(false);
            List<SentMessage> again;
            lock (_turnedAway)
            {
                again = [.. _turnedAway.OrderBy(s => s.Number)];
                _turnedAway.Clear();
            }
            if (again.Count == 0) return;
            if (waited.Elapsed > KafkaRetries.Away) throw Failed(_passing!);
            await Task.Delay(250, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < again.Count; i++)
            {
                Again++;
                while (!TrySend(again[i]))
                    await Task.Run(() => _producer.Poll(TimeSpan.FromMilliseconds(20)), cancellationToken).ConfigureAwait(false);
                if (i > 0) continue;
                await ArrivedAsync(cancellationToken).ConfigureAwait(false);
                lock (_turnedAway)
                {
                    if (_turnedAway.Count == 0)
                    {
                        waited.Restart();
                        continue;
                    }
                    _turnedAway.AddRange(again.Skip(1));
                    break;
                }
            }
        }
    }

    private async Task ArrivedAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _underWay) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_fault is { } fault) throw Failed(fault);
            // The client may have sent the last message but not yet reported its delivery.
            if (await Task.Run(() => _producer.Flush(TimeSpan.FromMilliseconds(200)), cancellationToken).ConfigureAwait(false) == 0)
                await Task.Delay(1, cancellationToken).ConfigureAwait(false);
        }
        if (_fault is { } last) throw Failed(last);
    }

    private BarStoreException Failed(Error error) =>
        new($"Kafka at {_address.Brokers} did not take what was published ({error.Reason}); start it or make room, and run the replay "
            + $"again: readers skip bars that they already have");

    /// <summary>FNV-1a, so a market has the same partition with every client.</summary>
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
