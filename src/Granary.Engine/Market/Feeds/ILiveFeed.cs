namespace Granary.Engine.Market.Feeds;

/// <summary>
/// Bars as they become known, of several markets in one order of time: a replay, a stream of messages, an exchange.
/// A session that trades on it cannot tell which it is.
/// </summary>
/// <remarks>
/// The order is strict: by the time at which a bar is known (its close), then by the market's place in <see cref="Series"/>. A heartbeat
/// says that nothing at or before a time is still to come, of any market; so a time slice is complete once a heartbeat has reached it.
/// Every bar comes once. What a venue repeats or sends too late is dealt with by <see cref="LateBars"/> before it gets here.
/// </remarks>
public interface ILiveFeed : IAsyncDisposable
{
    /// <summary>What the feed carries; <see cref="FeedItem.Series"/> counts in this list. Complete before the first item.</summary>
    IReadOnlyList<MarketSeries> Series { get; }

    /// <summary>Notes for the reader of the result, such as bars that came too late; one sentence each.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>Why no bars come although there may be some, as a server that does not answer; null where nothing is wrong. Any thread may
    /// ask.</summary>
    string? Fault => null;

    /// <summary>
    /// All items until <see cref="FeedItemKind.End"/>, which is always the last; a feed of a venue has no end. Read once.
    /// </summary>
    /// <exception cref="BarDataException">What came is not good bars, and the feed's policy is to stop there.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed, and trying again did not help.</exception>
    IAsyncEnumerable<FeedItem> ReadAsync(CancellationToken cancellationToken = default);
}
