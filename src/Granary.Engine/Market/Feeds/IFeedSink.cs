namespace Granary.Engine.Market.Feeds;

/// <summary>Destination to which a feed is published: a topic or a pipe.</summary>
public interface IFeedSink : IAsyncDisposable
{
    /// <summary>Publishes the next item; waits if the receiver is slower.</summary>
    /// <param name="series">The feed's markets.</param>
    /// <exception cref="BarStoreException">The receiver failed, also after retries.</exception>
    ValueTask PublishAsync(IReadOnlyList<MarketSeries> series, FeedItem item, CancellationToken cancellationToken = default);

    /// <summary>Returns once the receiver has stored all published items durably.</summary>
    /// <exception cref="BarStoreException">The receiver did not store them, also after retries.</exception>
    ValueTask FlushAsync(CancellationToken cancellationToken = default);
}
