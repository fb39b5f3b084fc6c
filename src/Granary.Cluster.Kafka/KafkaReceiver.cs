using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Orleans.Streams;

namespace Granary.Cluster.Kafka;

/// <summary>Reads one queue, which is one partition, from the position that the group last committed.</summary>
/// <remarks>
/// It commits events that all subscribers have received. The queue's next owner reads the others again: an event can arrive twice, and none
/// is lost.
/// </remarks>
internal sealed partial class KafkaReceiver(KafkaStreamOptions options, int partition, Serializer<KafkaBatch> serializer,
    ILogger<KafkaReceiver> logger) : IQueueAdapterReceiver
{
    /// <summary>How long the silo's agent waits for an event before it continues with other work.</summary>
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan CommitEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(10);

    /// <summary>Events read ahead of the agent. When it is full, the reader waits, and the client's bounded buffer fills.</summary>
    private readonly Channel<IBatchContainer> _read =
        Channel.CreateBounded<IBatchContainer>(new BoundedChannelOptions(32) { SingleReader = true, SingleWriter = true });

    private readonly CancellationTokenSource _stop = new();
    private readonly TopicPartition _queue = new(options.Topic, new Partition(partition));
    private Task _reading = Task.CompletedTask;
    private long _delivered = -1; // offset of the last event that all subscribers have had; the next one is the position

    public Task Initialize(TimeSpan timeout)
    {
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return Task.CompletedTask;
    }

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) => GetQueueMessagesAsync(maxCount, CancellationToken.None);

    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount, CancellationToken cancellationToken)
    {
        var batches = new List<IBatchContainer>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        limit.CancelAfter(PollTimeout);
        try
        {
            await _read.Reader.WaitToReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            return batches;
        }
        while ((maxCount <= 0 || batches.Count < maxCount) && _read.Reader.TryRead(out var batch)) batches.Add(batch);
        return batches;
    }

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages)
    {
        foreach (var message in messages)
        {
            var offset = ((KafkaBatch)message).Offset;
            if (offset > Interlocked.Read(ref _delivered)) Interlocked.Exchange(ref _delivered, offset);
        }
        return Task.CompletedTask;
    }

    public async Task Shutdown(TimeSpan timeout)
    {
        await _stop.CancelAsync();
        await _reading.WaitAsync(timeout);
    }

    private void Read()
    {
        long? next = null;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                ReadFrom(ref next);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (KafkaException e)
            {
                ReadingFailed(logger, _queue.Topic, partition, e.Error.Reason);
                _stop.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(1));
            }
        }
    }

    private void ReadFrom(ref long? next)
    {
        using var consumer = options.Endpoint.Consumer(options.Topic);
        var committed = consumer.Committed([_queue], Slow)[0].Offset;
        consumer.Assign(new TopicPartitionOffset(_queue, next is { } known ? new Offset(known)
            : committed.IsSpecial ? Offset.Beginning : committed));
        var written = committed.IsSpecial ? -1 : committed.Value - 1;
        var due = Environment.TickCount64 + (long)CommitEvery.TotalMilliseconds;
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                if (consumer.Consume(PollTimeout) is { Message: not null } result)
                {
                    if (next is { } expected && result.Offset.Value > expected)
                        EventsLost(logger, _queue.Topic, partition, result.Offset.Value - expected);
                    next = result.Offset.Value + 1;
                    if (Parse(result) is { } batch) Hand(batch);
                }
                if (Environment.TickCount64 < due) continue;
                due = Environment.TickCount64 + (long)CommitEvery.TotalMilliseconds;
                Commit(consumer, ref written);
            }
        }
        finally
        {
            Commit(consumer, ref written);
            consumer.Close();
        }
    }

    private void Commit(IConsumer<Ignore, byte[]> consumer, ref long written)
    {
        var delivered = Interlocked.Read(ref _delivered);
        if (delivered <= written) return;
        try
        {
            consumer.Commit([new TopicPartitionOffset(_queue, delivered + 1)]);
            written = delivered;
        }
        catch (KafkaException e)
        {
            CommitFailed(logger, _queue.Topic, partition, e.Error.Reason); // the next one says the same and more
        }
    }

    private void Hand(KafkaBatch batch)
    {
        while (!_read.Writer.TryWrite(batch))
            _read.Writer.WaitToWriteAsync(_stop.Token).AsTask().GetAwaiter().GetResult();
    }

    private KafkaBatch? Parse(ConsumeResult<Ignore, byte[]> result)
    {
        try
        {
            var batch = serializer.Deserialize(result.Message.Value)!;
            batch.Offset = result.Offset.Value;
            return batch;
        }
        catch (Exception e)
        {
            // A retry would fail too; the receivers request the event from its feed.
            NotOurs(logger, _queue.Topic, partition, result.Offset.Value, e);
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Reading {Topic}/{Partition} failed and is retried: {Reason}")]
    private static partial void ReadingFailed(ILogger logger, string topic, int partition, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The position in {Topic}/{Partition} could not be committed: {Reason}")]
    private static partial void CommitFailed(ILogger logger, string topic, int partition, string reason);

    [LoggerMessage(3, LogLevel.Error, "{Topic}/{Partition} at {Offset} is not a message of ours and was skipped")]
    private static partial void NotOurs(ILogger logger, string topic, int partition, long offset, Exception exception);

    [LoggerMessage(4, LogLevel.Error,
        "The brokers deleted {Count} events of {Topic}/{Partition} before they were read; receivers request them from their feeds")]
    private static partial void EventsLost(ILogger logger, string topic, int partition, long count);
}
