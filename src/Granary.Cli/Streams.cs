using Granary.Application.Catalogues;
using Granary.Application.Feeds;
using Granary.Data.Exchanges;
using Granary.Engine.Market.Feeds;
using Granary.Kafka.Bars;

namespace Granary.Cli;

/// <summary>Makes kafka:// known as a source of batches, and kafka:// and ws: as live feeds.</summary>
internal static class Streams
{
    public static void Register()
    {
        Application.Batches.BatchSources.Add("kafka:", (data, _) => new KafkaBarSource(KafkaBarAddress.Parse(data.Source)));
        LiveFeeds.Add("ws:", (request, _) => Task.FromResult<ILiveFeed>(ExchangeFeed.Open(request.Feed, request.Markets, request.Clock)));
        LiveFeeds.Add("kafka:", async (request, token) => await KafkaBarFeed.OpenAsync(KafkaBarAddress.Parse(request.Feed), request.Markets, cancellationToken: token));
    }
}
