using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Granary.Kafka;

/// <summary>The Kafka brokers refused or failed; the message is one sentence.</summary>
internal sealed class KafkaFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Address of Kafka or Redpanda, and the factory of its clients.</summary>
/// <param name="Brokers">The brokers' addresses, as HOST:PORT,HOST:PORT.</param>
internal sealed record KafkaEndpoint(string Brokers)
{
    /// <summary>
    /// Maximum size of a sent message, bytes; the brokers must accept it (<c>message.max.bytes</c>, <c>max.message.bytes</c>).
    /// </summary>
    public int LargestMessage { get; init; } = 1 << 20;

    /// <summary>Further settings of librdkafka, such as security.protocol.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>();

    /// <summary>A producer whose messages are acknowledged by all replicas and arrive once and in order.</summary>
    public IProducer<Null, byte[]> Producer() =>
        new ProducerBuilder<Null, byte[]>(ProducerSettings()).SetLogHandler(Silent).Build();

    /// <inheritdoc cref="Producer"/>
    /// <param name="queue">Maximum bytes that wait to be sent; a faster producer is blocked.</param>
    internal IProducer<string, byte[]> KeyedProducer(int queue)
    {
        var settings = ProducerSettings();
        settings.QueueBufferingMaxKbytes = Math.Max(1, queue >> 10);
        settings.LingerMs = 5;
        settings.MessageTimeoutMs = (int)KafkaRetries.Away.TotalMilliseconds;
        return new ProducerBuilder<string, byte[]>(settings).SetLogHandler(Silent).Build();
    }

    private ProducerConfig ProducerSettings() => Common(new ProducerConfig
    {
        BootstrapServers = Brokers,
        Acks = Acks.All,
        EnableIdempotence = true,
        LingerMs = 0, // send each block at once
        MessageMaxBytes = LargestMessage,
        MessageTimeoutMs = 30_000,
        CompressionType = CompressionType.None, // the messages are already compressed
        SocketKeepaliveEnable = true,
    });

    /// <summary>A consumer of assigned partitions, which commits on request only.</summary>
    /// <param name="group">The consumer group that keeps its positions.</param>
    public IConsumer<Ignore, byte[]> Consumer(string group) =>
        new ConsumerBuilder<Ignore, byte[]>(ConsumerSettings(group)).SetLogHandler(Silent).Build();

    internal ConsumerConfig ConsumerSettings(string group) => Common(new ConsumerConfig
    {
        BootstrapServers = Brokers,
        GroupId = group,
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        FetchWaitMaxMs = 50,
        FetchMaxBytes = Math.Max(LargestMessage, 1 << 20) * 4,
        MessageMaxBytes = LargestMessage,
        MaxPartitionFetchBytes = LargestMessage * 2,
        QueuedMaxMessagesKbytes = 16 << 10, // limits the memory of prefetched messages if the reader is slow
        SocketKeepaliveEnable = true,
    });

    /// <summary>Creates a topic with at least this number of partitions, or checks the existing one.</summary>
    /// <param name="replicas">Copies of each partition; -1 = the brokers' default.</param>
    /// <param name="settings">Settings of the topic, such as retention.ms; used only when it is created.</param>
    /// <param name="made">Number of partitions of a created topic; null for <paramref name="partitions"/>.</param>
    /// <exception cref="KafkaFailedException">The brokers do not answer in time, or the topic has fewer partitions.</exception>
    public Task EnsureTopicAsync(string topic, int partitions, short replicas, TimeSpan timeout,
        Dictionary<string, string>? settings = null, int? made = null) => Task.Run(async () =>
    {
        using var admin = Admin();
        var found = Partitions(admin, topic, timeout);
        if (found == 0)
        {
            try
            {
                await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = made ?? partitions,
                    ReplicationFactor = replicas, Configs = settings }], new CreateTopicsOptions { RequestTimeout = timeout })
                    .ConfigureAwait(false);
            }
            catch (CreateTopicsException e) when (e.Results.All(r => r.Error.Code is ErrorCode.TopicAlreadyExists or ErrorCode.NoError))
            {
                // another silo has created it meanwhile
            }
            catch (KafkaException e) when (e.Error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion)
            {
                // a server without this request, which creates topics when they are queried
            }
            catch (KafkaException e)
            {
                throw new KafkaFailedException($"the topic '{topic}' could not be created at {Brokers}: {e.Error.Reason}", e);
            }
            for (var asked = System.Diagnostics.Stopwatch.StartNew(); (found = Partitions(admin, topic, timeout)) == 0
                && asked.Elapsed < timeout;) await Task.Delay(100).ConfigureAwait(false);
        }
        if (found < partitions)
            throw new KafkaFailedException(found == 0
                ? $"the topic '{topic}' does not exist at {Brokers} and could not be created "
                    + $"within {timeout.TotalSeconds:0} s; create it with {partitions} partitions"
                : $"the topic '{topic}' at {Brokers} has {found} partitions and {partitions} are needed; add some, or choose fewer queues");
    });

    internal IAdminClient Admin()
    {
        try
        {
            return new AdminClientBuilder(Common(new AdminClientConfig { BootstrapServers = Brokers })).SetLogHandler(Silent).Build();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException && More.Count > 0)
        {
            throw new KafkaFailedException($"the Kafka client refuses its settings "
                + $"({e.Message.TrimEnd('.').ReplaceLineEndings(" ")}); correct the "
                + $"wrong one of {string.Join(", ", More.Keys.Order(StringComparer.Ordinal))}", e);
        }
    }

    /// <summary>The number of partitions of a topic; 0 if it does not exist.</summary>
    /// <exception cref="KafkaFailedException">The brokers do not answer in time.</exception>
    internal int Partitions(string topic, TimeSpan timeout)
    {
        using var admin = new AdminClientBuilder(Common(new AdminClientConfig { BootstrapServers = Brokers })).SetLogHandler(Silent)
            .Build();
        return Partitions(admin, topic, timeout);
    }

    /// <summary>The topics that exist, in ordinal order.</summary>
    /// <exception cref="KafkaFailedException">The brokers do not answer in time.</exception>
    internal IReadOnlyList<string> Topics(TimeSpan timeout)
    {
        using var admin = new AdminClientBuilder(Common(new AdminClientConfig { BootstrapServers = Brokers })).SetLogHandler(Silent)
            .Build();
        try
        {
            return [.. KafkaRetries.Ask(timeout, () => admin.GetMetadata(timeout)).Topics
                .Select(t => t.Topic).Order(StringComparer.Ordinal)];
        }
        catch (KafkaException e)
        {
            throw NoAnswer(timeout, e);
        }
    }

    internal int Partitions(IAdminClient admin, string topic, TimeSpan timeout)
    {
        try
        {
            return KafkaRetries.Ask(timeout, () => admin.GetMetadata(topic, timeout)).Topics
                .FirstOrDefault(t => t.Topic == topic && !t.Error.IsError)?.Partitions.Count ?? 0;
        }
        catch (KafkaException e)
        {
            throw NoAnswer(timeout, e);
        }
    }

    private KafkaFailedException NoAnswer(TimeSpan timeout, KafkaException e) =>
        new($"Kafka at {Brokers} did not answer within {timeout.TotalSeconds:0} s ({e.Error.Reason}); start it, or correct the address", e);

    private T Common<T>(T config) where T : ClientConfig
    {
        foreach (var (name, value) in More) config.Set(name, value);
        return config;
    }

    // librdkafka would write to stderr; relevant errors are returned by the calls
    internal static void Silent<T>(T client, LogMessage message)
    {
    }
}
