namespace Granary.Engine.Market.Feeds;

/// <summary>Kind of an item of a feed.</summary>
public enum FeedItemKind
{
    /// <summary>Bars of one market.</summary>
    Bars,

    /// <summary>A time has been reached: all bars up to it have been returned.</summary>
    Heartbeat,

    /// <summary>The end of the feed.</summary>
    End,
}

/// <summary>One item of a live feed.</summary>
/// <param name="Series">The market's index in <see cref="ILiveFeed.Series"/>; 0 for other items than bars.</param>
/// <param name="Bars">
/// Null for other items than bars. One bar if the feed is live or has a replay speed; up to <see cref="BarBlock.MaxCount"/> if it replays
/// as fast as possible.
/// </param>
/// <param name="Time">
/// The time reached, UTC ticks: the close of the last bar, or for a heartbeat the close up to which all markets are complete.
/// </param>
public readonly record struct FeedItem(FeedItemKind Kind, int Series, BarBlock? Bars, long Time)
{
    /// <param name="time">The close of the block's last bar.</param>
    public static FeedItem Of(int series, BarBlock bars, long time) => new(FeedItemKind.Bars, series, bars, time);

    public static FeedItem Heartbeat(long time) => new(FeedItemKind.Heartbeat, 0, null, time);

    public static FeedItem End(long time) => new(FeedItemKind.End, 0, null, time);
}
