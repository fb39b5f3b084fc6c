using Granary.Application.Feeds;
using Granary.Kafka.Bars;

namespace Granary.Cli;

/// <summary>Makes kafka:// known as a source of batches and as a live feed.</summary>
internal static class KafkaStreams
{
    public static void Register()
    {
        Application.Batches.BarSources.Add("kafka:", (data, _) => new KafkaBarSource(KafkaBarAddress.Parse(data.Source)));
        LiveFeeds.Add("kafka:", async (request, token) => await KafkaBarFeed.OpenAsync(KafkaBarAddress.Parse(request.Feed), request.Markets, cancellationToken: token));
    }
}
