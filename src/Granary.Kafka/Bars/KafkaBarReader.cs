using Confluent.Kafka;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Kafka.Bars;

/// <summary>One message as read: where it was, and what it says.</summary>
internal readonly record struct ReadMessage(TopicPartitionOffset At, BarMessage Message);

/// <summary>What the client makes of a message's bytes, straight from its own memory: the message, or what is wrong and a copy of the bytes.</summary>
internal readonly record struct Received(BarMessage? Message, string? Fault, byte[] Bytes);

/// <summary>Reads messages of bars, several at a time; what is none is set aside.</summary>
internal sealed class KafkaBarReader : IDisposable
{
    /// <summary>What one reading gives at most; more would only grow old waiting to be looked at.</summary>
    internal const int MessagesAtOnce = 256, BarsAtOnce = 16 << 10;

    private readonly KafkaBarAddress _address;
    private readonly List<ReadMessage> _batch = [];
    private readonly bool _setAside;
    private (string Topic, System.Diagnostics.Stopwatch Since)? _missing;
    private bool _disposed;

    /// <param name="setAside">Whether messages that are none are kept and counted; not where a topic is only looked through beforehand.</param>
    public KafkaBarReader(KafkaBarAddress address, bool setAside = true, Action<ConsumerBuilder<Ignore, Received>>? prepare = null)
    {
        _address = address;
        _setAside = setAside;
        Poisoned = new SetAside(address);
        var settings = address.Endpoint.ConsumerSettings(address.Group ?? "granary-" + Guid.NewGuid().ToString("N"));
        settings.EnablePartitionEof = true;
        settings.SessionTimeoutMs = 6_000; // a member that has gone without a word is missed for so long
        var builder = new ConsumerBuilder<Ignore, Received>(settings).SetLogHandler(KafkaEndpoint.Silent).SetValueDeserializer(new Decoder());
        prepare?.Invoke(builder);
        Consumer = builder.Build();
    }

    public IConsumer<Ignore, Received> Consumer { get; }

    public SetAside Poisoned { get; }

    /// <summary>Messages that are none of bars: where the first is, what is wrong with it, and how many there were.</summary>
    public (TopicPartitionOffset At, string Fault, long Count)? Foreign { get; private set; }

    /// <summary>Partitions whose end was reached in the last reading, and where that is.</summary>
    public List<TopicPartitionOffset> Ends { get; } = [];

    /// <summary>The next messages; none where none came within the patience. Valid until the next call.</summary>
    /// <exception cref="BarStoreException">The brokers refuse to be read.</exception>
    /// <exception cref="BarDataException">The topic is not there any more.</exception>
    public IReadOnlyList<ReadMessage> Read(TimeSpan patience, CancellationToken cancellationToken)
    {
        _batch.Clear();
        Ends.Clear();
        if (_missing is { } missing && missing.Since.Elapsed > KafkaPatience.Away)
        {
            // Nothing may have been published since it came back.
            if (missing.Topic.Length > 0) Partitions(_address, [missing.Topic]);
            _missing = null;
        }
        for (var bars = 0; bars < BarsAtOnce && _batch.Count < MessagesAtOnce;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ConsumeResult<Ignore, Received>? result;
            try
            {
                result = Consumer.Consume(_batch.Count + Ends.Count == 0 ? patience : TimeSpan.Zero);
            }
            catch (ConsumeException e) when (e.Error.Code is ErrorCode.UnknownTopicOrPart)
            {
                // It was there when the reading began: somebody took it away, or a broker that has just been started does not know it yet.
                _missing ??= (e.ConsumerRecord?.Topic ?? _address.Topic ?? "", System.Diagnostics.Stopwatch.StartNew());
                break;
            }
            catch (ConsumeException e) when (!e.Error.IsFatal && e.Error.Code is not (ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed))
            {
                // a broker that is away: the client goes on trying
                break;
            }
            catch (KafkaException e)
            {
                throw new BarStoreException($"Kafka at {_address.Brokers} refuses to be read: {e.Error.Reason}; correct the address, the topic or the rights", e);
            }
            if (result is null) break;
            _missing = null;
            if (result.IsPartitionEOF)
            {
                Ends.Add(result.TopicPartitionOffset);
                continue;
            }
            var received = result.Message.Value;
            if (received.Message is { } message)
            {
                _batch.Add(new ReadMessage(result.TopicPartitionOffset, message));
                bars += message.Bars?.Count ?? 0;
            }
            else
            {
                Foreign = Foreign is { } first ? first with { Count = first.Count + 1 } : (result.TopicPartitionOffset, received.Fault!, 1);
                if (_setAside) Poisoned.Put(result.TopicPartitionOffset, received.Bytes, received.Fault!);
            }
        }
        return _batch;
    }

    /// <summary>Leaves out what was read of these partitions in the reading under way: whoever has them now reads it again.</summary>
    public void Forget(IReadOnlyCollection<TopicPartition> partitions) => _batch.RemoveAll(m => partitions.Contains(m.At.TopicPartition));

    /// <summary>Those of the partitions whose group has read everything, up to an end marker: and the replay that ended there.</summary>
    public Dictionary<TopicPartition, Guid> PassedEnds(IReadOnlyCollection<TopicPartition> partitions)
    {
        var ends = new Dictionary<TopicPartition, Guid>();
        try
        {
            var last = Consumer.Committed(partitions, _address.Timeout)
                .Where(c => c.Offset.Value > 0 && Consumer.QueryWatermarkOffsets(c.TopicPartition, _address.Timeout).High.Value == c.Offset.Value)
                .ToDictionary(c => c.TopicPartition, c => c.Offset.Value - 1);
            if (last.Count == 0) return ends;
            using var beside = new KafkaBarReader(_address with { Group = null }, setAside: false);
            beside.Consumer.Assign(last.Select(l => new TopicPartitionOffset(l.Key, l.Value)));
            for (var waited = System.Diagnostics.Stopwatch.StartNew(); last.Count > 0 && waited.Elapsed < _address.Timeout;)
            {
                foreach (var (at, message) in beside.Read(TimeSpan.FromMilliseconds(100), CancellationToken.None))
                {
                    if (message.Kind == FeedItemKind.End && last.ContainsKey(at.TopicPartition)) ends[at.TopicPartition] = message.Replay;
                    last.Remove(at.TopicPartition);
                }
                foreach (var end in beside.Ends) last.Remove(end.TopicPartition);
            }
        }
        catch (KafkaException)
        {
            // Brokers that are away: the partitions count as going on, which the next heartbeat shows.
        }
        return ends;
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        // It leaves its group, and then ends its threads. Those of a consumer whose broker was restarted librdkafka may never end (its issues 4131 and 4674;
        // 2.0.2 does not after a crash under a group): nobody is to wait for that.
        var end = new Thread(() =>
        {
            Consumer.Close();
            Consumer.Dispose();
        })
        { IsBackground = true, Name = "end of a Kafka consumer" };
        end.Start();
        end.Join(EndsWithin);
        Poisoned.Dispose();
    }

    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);

    private sealed class Decoder : IDeserializer<Received>
    {
        private readonly BarMessageCodec.Memory _memory = new();

        public Received Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
        {
            try
            {
                return new Received(BarMessageCodec.Read(data, _memory), null, []);
            }
            catch (BarMessageException e)
            {
                return new Received(null, e.Message, data.ToArray());
            }
        }
    }

    /// <summary>Where to start reading in each partition so that all bars from a time on come: by time where the brokers can, else from the start.</summary>
    public List<TopicPartitionOffset> Starts(IEnumerable<TopicPartition> partitions, long? firstClose)
    {
        var all = partitions.ToList();
        if (firstClose is { } close && !_address.BeforeTimes && close > DateTime.UnixEpoch.Ticks)
        {
            try
            {
                var stamp = new Timestamp(new DateTime(close, DateTimeKind.Utc));
                var starts = Consumer.OffsetsForTimes(all.Select(p => new TopicPartitionTimestamp(p, stamp)), _address.Timeout);
                // "At the end" in every partition is also what brokers say that cannot look up times; reading too much does no harm.
                if (starts.Exists(s => s.Offset != Offset.End)) return starts;
            }
            catch (KafkaException)
            {
                // an older broker than the address says: read it all and leave out what is too early
            }
        }
        return [.. all.Select(p => new TopicPartitionOffset(p, Offset.Beginning))];
    }

    /// <summary>All partitions of the topics.</summary>
    /// <exception cref="BarDataException">A topic does not exist.</exception>
    /// <exception cref="BarStoreException">The brokers do not answer.</exception>
    public static List<TopicPartition> Partitions(KafkaBarAddress address, IEnumerable<string> topics)
    {
        try
        {
            var all = new List<TopicPartition>();
            foreach (var topic in topics)
            {
                var n = address.Endpoint.Partitions(topic, address.Timeout);
                if (n == 0)
                {
                    var nearest = Spelling.Nearest(topic, address.Endpoint.Topics(address.Timeout));
                    throw new BarDataException($"the topic '{topic}' does not exist at {address.Brokers}; {(nearest is null ? "publish to it with granary replay, or correct its name" : $"did you mean {nearest}?")}");
                }
                all.AddRange(Enumerable.Range(0, n).Select(p => new TopicPartition(topic, p)));
            }
            return all;
        }
        catch (KafkaFailedException e)
        {
            throw new BarStoreException(e.Message, e);
        }
    }
}
