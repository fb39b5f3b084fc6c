using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Configuration.Overrides;
using Orleans.Providers.Streams.Common;
using Orleans.Serialization;
using Orleans.Streams;

namespace Granary.Cluster.Kafka;

/// <summary>Creates the adapter, queue mapper and cache of a named Orleans stream provider.</summary>
internal sealed class KafkaAdapterFactory : IQueueAdapterFactory
{
    private readonly string _name;
    private readonly KafkaStreamOptions _options;
    private readonly HashRingBasedStreamQueueMapper _queues;
    private readonly SimpleQueueAdapterCache _cache;
    private readonly IServiceProvider _services;

    private KafkaAdapterFactory(IServiceProvider services, string name)
    {
        _name = name;
        _services = services;
        _options = services.GetOptionsByName<KafkaStreamOptions>(name);
        var loggers = services.GetRequiredService<ILoggerFactory>();
        _queues = new HashRingBasedStreamQueueMapper(new HashRingStreamQueueMapperOptions { TotalQueueCount = _options.Queues }, name);
        _cache = new SimpleQueueAdapterCache(new SimpleQueueCacheOptions { CacheSize = _options.Cached }, name, loggers);
    }

    public static IQueueAdapterFactory Create(IServiceProvider services, string name) => new KafkaAdapterFactory(services, name);

    public Task<IQueueAdapter> CreateAdapter() => CreateAdapter(CancellationToken.None);

    public async Task<IQueueAdapter> CreateAdapter(CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>
        {
            ["retention.ms"] = ((long)_options.Retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            ["max.message.bytes"] = _options.Endpoint.LargestMessage.ToString(CultureInfo.InvariantCulture),
        };
        await _options.Endpoint.EnsureTopicAsync(_options.Topic, _options.Queues, _options.Replicas, _options.StartTimeout, settings)
            .WaitAsync(cancellationToken).ConfigureAwait(false);
        return new KafkaAdapter(_name, _options, _queues, _services.GetRequiredService<Serializer<KafkaBatch>>(),
            _services.GetRequiredService<ILoggerFactory>());
    }

    public IQueueAdapterCache GetQueueAdapterCache() => _cache;

    public IStreamQueueMapper GetStreamQueueMapper() => _queues;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) =>
        Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());
}
