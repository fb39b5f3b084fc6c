namespace Granary.Engine.Market.Feeds;

/// <summary>What an item of a feed is.</summary>
public enum FeedItemKind
{
    /// <summary>Bars of one market.</summary>
    Bars,

    /// <summary>Time has passed: everything up to it has been given.</summary>
    Heartbeat,

    /// <summary>There is nothing more.</summary>
    End,
}

/// <summary>One item of a live feed.</summary>
/// <param name="Series">The market's place in <see cref="ILiveFeed.Series"/>; 0 where the item is not bars.</param>
/// <param name="Bars">
/// Null where the item is not bars. One bar where the feed is paced or live, up to <see cref="BarBlock.MaxCount"/> where it runs as fast as
/// it can.
/// </param>
/// <param name="Time">
/// The time that has been reached, UTC ticks: the last bar's close, or of a heartbeat the close up to which all markets are complete.
/// </param>
public readonly record struct FeedItem(FeedItemKind Kind, int Series, BarBlock? Bars, long Time)
{
    /// <param name="time">The close of the block's last bar.</param>
    public static FeedItem Of(int series, BarBlock bars, long time) => new(FeedItemKind.Bars, series, bars, time);

    public static FeedItem Heartbeat(long time) => new(FeedItemKind.Heartbeat, 0, null, time);

    public static FeedItem End(long time) => new(FeedItemKind.End, 0, null, time);
}
