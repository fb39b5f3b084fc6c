namespace Granary.Engine.Market.Feeds;

/// <summary>
/// Bars of several markets in one order of time, as they become known: from a replay, a stream of messages or an exchange. A session that
/// trades on it cannot tell which it is.
/// </summary>
/// <remarks>
/// The order is strict: by the time at which a bar is known (its close), then by the market's index in <see cref="Series"/>. A heartbeat
/// says that no bar of any market at or before its time can still come, so it completes the time slice. Every bar comes once:
/// <see cref="LateBars"/> has already handled repeated and late bars.
/// </remarks>
public interface ILiveFeed : IAsyncDisposable
{
    /// <summary>Series of the feed, complete before the first item. <see cref="FeedItem.Series"/> is an index into this list.</summary>
    IReadOnlyList<MarketSeries> Series { get; }

    /// <summary>Notes for the reader of the result, such as bars that came too late; one sentence each.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>
    /// The reason why no bars come although there may be some, such as a server that does not answer; null if there is no fault. Any thread
    /// may read it.
    /// </summary>
    string? Fault => null;

    /// <summary>
    /// Continues a stored feed with the first bar that opens at a time or later, since the reader has the bars before. The feed of a venue
    /// does nothing: its bars come when they close. Call it before <see cref="ReadAsync"/>.
    /// </summary>
    /// <param name="openTime">UTC ticks.</param>
    void Seek(long openTime)
    {
    }

    /// <summary>
    /// Returns all items up to <see cref="FeedItemKind.End"/>, which is always the last; the feed of a venue has no end. Call it once.
    /// </summary>
    /// <exception cref="BarDataException">The received data are not valid bars, and the feed's policy is to stop.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed, also after retries.</exception>
    IAsyncEnumerable<FeedItem> ReadAsync(CancellationToken cancellationToken = default);
}
