using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Streams;

namespace Granary.Cluster.Grains.Hosting;

/// <summary>
/// The queues of <see cref="MemoryBlockStreams"/>. Where no batch runs, an agent looks at its queue ten times a second: looking as
/// often as in a replay, a silo without work took a tenth of a core.
/// </summary>
internal sealed class MemoryBlockQueues(string name, StreamCacheEvictionOptions cache, StreamStatisticOptions statistics,
    HashRingStreamQueueMapperOptions queues, IServiceProvider services, IGrainFactory grains, ILoggerFactory loggers)
    : MemoryAdapterFactory<DefaultMemoryMessageBodySerializer>(name, cache, statistics, queues, services, grains, loggers), IQueueAdapter
{
    private readonly TimeProvider _clock = services.GetRequiredService<TimeProvider>();

    public static new MemoryBlockQueues Create(IServiceProvider services, string name)
    {
        var made = ActivatorUtilities.CreateInstance<MemoryBlockQueues>(services, name,
            services.GetOptionsByName<StreamCacheEvictionOptions>(name), services.GetOptionsByName<StreamStatisticOptions>(name),
            services.GetOptionsByName<HashRingStreamQueueMapperOptions>(name));
        made.Init();
        return made;
    }

    IQueueAdapterReceiver IQueueAdapter.CreateReceiver(QueueId queue) => new Receiver(CreateReceiver(queue), _clock);

    private sealed class Receiver(IQueueAdapterReceiver queue, TimeProvider clock) : IQueueAdapterReceiver
    {
        // A replay may wait for a slow reader: for this long, looks stay frequent.
        private static readonly TimeSpan s_awake = TimeSpan.FromSeconds(1), s_pause = TimeSpan.FromMilliseconds(100);

        private long _found = clock.GetTimestamp();

        public Task Initialize(TimeSpan timeout) => queue.Initialize(timeout, CancellationToken.None);

        public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) => GetQueueMessagesAsync(maxCount, CancellationToken.None);

        public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount, CancellationToken cancellationToken)
        {
            // The agent does not look again while a look is not answered.
            if (clock.GetElapsedTime(_found) > s_awake) await Task.Delay(s_pause, clock, cancellationToken);
            var messages = await queue.GetQueueMessagesAsync(maxCount, cancellationToken);
            if (messages is { Count: > 0 }) _found = clock.GetTimestamp();
            return messages;
        }

        public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) =>
            queue.MessagesDeliveredAsync(messages, CancellationToken.None);

        public Task Shutdown(TimeSpan timeout) => queue.Shutdown(timeout, CancellationToken.None);
    }
}
