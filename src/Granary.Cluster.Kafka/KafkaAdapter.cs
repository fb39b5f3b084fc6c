using Confluent.Kafka;
using Granary.Kafka;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Streams;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Granary.Cluster.Kafka;

/// <summary>Writes a stream's events to the partition of its queue, and reads queues as partitions.</summary>
/// <remarks>
/// Not rewindable, although Kafka could seek: subscriptions rewind within the agent's cache, and an older token blocks the agent.
/// A receiver that missed an event requests it from its feed, which reads its source again.
/// </remarks>
internal sealed class KafkaAdapter(string name, KafkaStreamOptions options, IStreamQueueMapper queues, Serializer<KafkaBatch> serializer,
    ILoggerFactory loggers) : IQueueAdapter, IDisposable
{
    private readonly Lazy<IProducer<Null, byte[]>> _producer = new(() => options.Endpoint.Producer());

    public string Name => name;

    public bool IsRewindable => false;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public async Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token,
        Dictionary<string, object>? requestContext)
    {
        if (token is not null)
            throw new ArgumentException("Kafka assigns the place of each event; a token cannot be passed", nameof(token));
        var message = serializer.SerializeToArray(new KafkaBatch(streamId, [.. events.Cast<object>()], requestContext));
        var partition = new TopicPartition(options.Topic, (int)queues.GetQueueForStream(streamId).GetNumericId());
        // Kafka's exceptions cannot be sent between silos and contain the message, so only their reason is passed on.
        try
        {
            await _producer.Value.ProduceAsync(partition, new Message<Null, byte[]> { Value = message }).ConfigureAwait(false);
        }
        catch (ProduceException<Null, byte[]> e) when (e.Error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge)
        {
            throw new KafkaFailedException($"an event of stream {streamId} has {message.Length} bytes, more than "
                + $"the {options.Endpoint.LargestMessage} that are sent or than the brokers take; publish smaller blocks, or raise "
                + $"message.max.bytes on both sides");
        }
        catch (ProduceException<Null, byte[]> e)
        {
            throw new KafkaFailedException($"Kafka at {options.Endpoint.Brokers} did not take an event of "
                + $"stream {streamId}: {e.Error.Reason}");
        }
    }

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) =>
        new KafkaReceiver(options, (int)queueId.GetNumericId(), serializer, loggers.CreateLogger<KafkaReceiver>());

    public void Dispose()
    {
        if (!_producer.IsValueCreated) return;
        _producer.Value.Flush(TimeSpan.FromSeconds(5));
        _producer.Value.Dispose();
    }
}
