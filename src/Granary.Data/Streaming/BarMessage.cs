using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Data.Streaming;

/// <summary>
/// One message of a stream of bars, for Kafka or a pipe. Each message can be read without the others, so a reader may join at any
/// time.
/// </summary>
/// <param name="Replay">
/// Identifies the replay or live session that published the message, so a reader can distinguish a repeated replay from the first.
/// </param>
/// <param name="Market">Null for heartbeats and ends.</param>
/// <param name="Bars">Null for heartbeats and ends.</param>
/// <param name="Time">The close time reached, UTC ticks: the last bar's, or the time up to which every market is complete.</param>
internal sealed record BarMessage(FeedItemKind Kind, Guid Replay, MarketSeries? Market, BarBlock? Bars, long Time)
{
    public static BarMessage Of(Guid replay, IReadOnlyList<MarketSeries> series, in FeedItem item) =>
        new(item.Kind, replay, item.Kind == FeedItemKind.Bars ? series[item.Series] : null, item.Bars, item.Time);

    /// <summary>Key of a market's messages: VENUE:SYMBOL.</summary>
    public static string KeyOf(Instrument instrument) => $"{instrument.Venue}:{instrument.Symbol}";
}

/// <summary>The bytes are not a valid message of bars. The message is one sentence with the reason; the reader adds the position.</summary>
internal sealed class BarMessageException(string message, Exception? inner = null) : Exception(message, inner);
