using Confluent.Kafka;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Kafka.Bars;

/// <summary>A message with its position in the topic.</summary>
internal readonly record struct ReadMessage(TopicPartitionOffset At, BarMessage Message);

/// <summary>A message decoded from the client's own memory; if it is invalid, the fault and a copy of its bytes.</summary>
internal readonly record struct Received(BarMessage? Message, string? Fault, byte[] Bytes);

/// <summary>Reads messages of bars in batches and sets all other messages aside.</summary>
internal sealed class KafkaBarReader : IDisposable
{
    /// <summary>The largest result of one read, in messages and bars.</summary>
    internal const int MessagesAtOnce = 256, BarsAtOnce = 16 << 10;

    private readonly KafkaBarAddress _address;
    private readonly List<ReadMessage> _batch = [];
    private readonly bool _setAside;
    private (string Topic, System.Diagnostics.Stopwatch Since)? _missing;
    private bool _disposed;

    /// <param name="setAside">Whether bad messages are kept and counted; false if a topic is only inspected.</param>
    public KafkaBarReader(KafkaBarAddress address, bool setAside = true, Action<ConsumerBuilder<Ignore, Received>>? prepare = null)
    {
        _address = address;
        _setAside = setAside;
        BadMessages = new SetAside(address);
        var settings = address.Endpoint.ConsumerSettings(address.Group ?? "granary-" + Guid.NewGuid().ToString("N"));
        settings.EnablePartitionEof = true;
        settings.SessionTimeoutMs = 6_000; // the brokers exclude a member that is silent for longer
        var builder = new ConsumerBuilder<Ignore, Received>(settings).SetLogHandler(KafkaEndpoint.Silent)
            .SetValueDeserializer(new Decoder());
        prepare?.Invoke(builder);
        Consumer = builder.Build();
    }

    public IConsumer<Ignore, Received> Consumer { get; }

    public SetAside BadMessages { get; }

    /// <summary>The position and fault of the first message without bars, and the number of such messages.</summary>
    public (TopicPartitionOffset At, string Fault, long Count)? Foreign { get; private set; }

    /// <summary>The partitions whose end the last read reached, with the offset of the end.</summary>
    public List<TopicPartitionOffset> Ends { get; } = [];

    /// <summary>Returns the next messages; empty after the timeout. They are valid until the next call.</summary>
    /// <exception cref="BarStoreException">The brokers refuse access.</exception>
    /// <exception cref="BarDataException">The topic no longer exists.</exception>
    public IReadOnlyList<ReadMessage> Read(TimeSpan timeout, CancellationToken cancellationToken)
    {
        _batch.Clear();
        Ends.Clear();
        if (_missing is { } missing && missing.Since.Elapsed > KafkaRetries.Away)
        {
            // The topic may exist again without messages, so check it instead of waiting for one.
            if (missing.Topic.Length > 0) Partitions(_address, [missing.Topic]);
            _missing = null;
        }
        for (var bars = 0; bars < BarsAtOnce && _batch.Count < MessagesAtOnce;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ConsumeResult<Ignore, Received>? result;
            try
            {
                result = Consumer.Consume(_batch.Count + Ends.Count == 0 ? timeout : TimeSpan.Zero);
            }
            catch (ConsumeException e) when (e.Error.Code is ErrorCode.UnknownTopicOrPart)
            {
                // The topic existed when the read began. Either it was deleted, or a broker that has just started does not know it yet.
                _missing ??= (e.ConsumerRecord?.Topic ?? _address.Topic ?? "", System.Diagnostics.Stopwatch.StartNew());
                break;
            }
            catch (ConsumeException e) when (!e.Error.IsFatal
                && e.Error.Code is not (ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed))
            {
                // a broker is unavailable; the client retries
                break;
            }
            catch (KafkaException e)
            {
                throw new BarStoreException($"Kafka at {_address.Brokers} refuses the "
                    + $"read: {e.Error.Reason}; correct the address, the topic or the rights", e);
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
                if (_setAside) BadMessages.Put(result.TopicPartitionOffset, received.Bytes, received.Fault!);
            }
        }
        return _batch;
    }

    /// <summary>Drops the unread messages of these partitions from the current batch; their new owner reads them again.</summary>
    public void Forget(IReadOnlyCollection<TopicPartition> partitions) => _batch.RemoveAll(m => partitions.Contains(m.At.TopicPartition));

    /// <summary>Returns the partitions that their group has read up to an end marker, with the replay that ended there.</summary>
    public Dictionary<TopicPartition, Guid> PassedEnds(IReadOnlyCollection<TopicPartition> partitions)
    {
        var ends = new Dictionary<TopicPartition, Guid>();
        try
        {
            var last = KafkaRetries.Ask(_address.Timeout, () => Consumer.Committed(partitions, _address.Timeout))
                .Where(c => c.Offset.Value > 0 && KafkaRetries.Ask(_address.Timeout,
                    () => Consumer.QueryWatermarkOffsets(c.TopicPartition, _address.Timeout)).High.Value == c.Offset.Value)
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
            // The brokers are unavailable. The partitions count as unfinished until a heartbeat shows otherwise.
        }
        return ends;
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        // Closing leaves the group and ends the client's threads. After a broker's restart librdkafka may never end them (issues 4131
        // and 4674; 2.0.2 after a crash under a group), so the wait has a limit.
        var end = new Thread(() =>
        {
            Consumer.Close();
            Consumer.Dispose();
        })
        { IsBackground = true, Name = "end of a Kafka consumer" };
        end.Start();
        end.Join(EndsWithin);
        BadMessages.Dispose();
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

    /// <summary>
    /// Returns the position in each partition from which all bars since a time can be read: by time if the brokers support it, else from
    /// the start.
    /// </summary>
    public List<TopicPartitionOffset> Starts(IEnumerable<TopicPartition> partitions, long? firstClose)
    {
        var all = partitions.ToList();
        if (firstClose is { } close && close > DateTime.UnixEpoch.Ticks)
        {
            try
            {
                var stamp = new Timestamp(new DateTime(close, DateTimeKind.Utc));
                var starts = KafkaRetries.Ask(_address.Timeout,
                    () => Consumer.OffsetsForTimes(all.Select(p => new TopicPartitionTimestamp(p, stamp)), _address.Timeout));
                // Brokers without lookup by time also answer "at the end" for every partition; reading from the start does no harm.
                if (starts.Exists(s => s.Offset != Offset.End)) return starts;
            }
            catch (KafkaException)
            {
                // the server does not know this request: read everything and skip the bars that are too early
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
                    throw new BarDataException($"the topic '{topic}' does not exist "
                        + $"at {address.Brokers}; "
                        + $"{(nearest is null ? "publish to it with granary replay, or correct its name" : $"did you mean {nearest}?")}");
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
