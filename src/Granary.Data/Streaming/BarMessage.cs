using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Data.Streaming;

/// <summary>
/// One message of a stream of bars, as it crosses Kafka or a pipe. Every message can be read by itself, so that a reader may join anywhere.
/// </summary>
/// <param name="Replay">
/// What published it: equal for all messages of one replay or live session, so that a reader tells a second showing from the first.
/// </param>
/// <param name="Market">Null for heartbeats and ends.</param>
/// <param name="Bars">Null for heartbeats and ends.</param>
/// <param name="Time">The close reached, UTC ticks: of the last bar, or up to which every market is complete.</param>
public sealed record BarMessage(FeedItemKind Kind, Guid Replay, MarketSeries? Market, BarBlock? Bars, long Time)
{
    public static BarMessage Of(Guid replay, IReadOnlyList<MarketSeries> series, in FeedItem item) =>
        new(item.Kind, replay, item.Kind == FeedItemKind.Bars ? series[item.Series] : null, item.Bars, item.Time);

    /// <summary>What messages of a market are keyed by: VENUE:SYMBOL.</summary>
    public static string KeyOf(Instrument instrument) => $"{instrument.Venue}:{instrument.Symbol}";
}

/// <summary>Bytes are no message of bars; one sentence that says why, and nothing of the place, which the reader knows.</summary>
public sealed class BarMessageException(string message, Exception? inner = null) : Exception(message, inner);
