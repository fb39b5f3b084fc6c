namespace Granary.Engine.Market.Feeds;

/// <summary>Where a feed is published to: a topic, a pipe.</summary>
public interface IFeedSink : IAsyncDisposable
{
    /// <summary>Takes the next item; waits where the other side is slower.</summary>
    /// <param name="series">The feed's markets.</param>
    /// <exception cref="BarStoreException">The other side failed, and trying again did not help.</exception>
    ValueTask PublishAsync(IReadOnlyList<MarketSeries> series, FeedItem item, CancellationToken cancellationToken = default);

    /// <summary>Returns once everything that was published is durable on the other side.</summary>
    /// <exception cref="BarStoreException">It is not, and will not be.</exception>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);
}
