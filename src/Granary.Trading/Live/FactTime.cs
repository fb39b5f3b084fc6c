using Granary.Engine.Brokerage;
using Granary.Engine.Market;

namespace Granary.Trading.Live;

/// <summary>
/// The time that a reader gets of a fact: the open of the bar at whose close it happened, as in every file of a run. A daily bar therefore
/// has the date of its trading day. A fill has its venue's time, which a simulated venue takes from the bar too.
/// </summary>
internal static class FactTime
{
    /// <param name="timeframe">The timeframe of the feed.</param>
    /// <returns>UTC ticks; 0 before the first bar.</returns>
    public static long Of(JournalEvent e, Timeframe timeframe) =>
        e is VenueReported { Event.Fill: { } fill } ? fill.At : Of(e.Timestamp, timeframe);

    /// <param name="close">The close at which it happened, UTC ticks; 0 before the first bar.</param>
    /// <inheritdoc cref="Of(JournalEvent, Timeframe)"/>
    public static long Of(long close, Timeframe timeframe) => close <= 0 ? 0 : timeframe.OpenOf(close);
}
