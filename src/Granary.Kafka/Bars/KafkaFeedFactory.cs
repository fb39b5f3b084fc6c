using Granary.Engine.Market.Feeds;
using Granary.Storage.Addresses;

namespace Granary.Kafka.Bars;

/// <summary>Opens live feeds of Kafka's topics.</summary>
[LiveFeed("kafka")]
internal sealed class KafkaFeedFactory : ILiveFeedFactory
{
    public async Task<ILiveFeed> OpenAsync(LiveFeedRequest request, CancellationToken cancellationToken = default) =>
        await KafkaBarFeed.OpenAsync(KafkaBarAddress.Of(Address.Parse(request.Address)), request.Markets,
            cancellationToken: cancellationToken)
            .ConfigureAwait(false);
}
