using Granary.Engine.Market;
using Granary.Trading.Live;

namespace Granary.Cluster.Feeds;

/// <summary>
/// The feed of one live session; the key is the session's id. Reads its source (a replay, a stream or an exchange) and returns the received
/// items in order. It has no durable state: after a loss the session opens it again after the last bar of its journal.
/// </summary>
[Alias("granary.ILiveFeedGrain")]
public interface ILiveFeedGrain : IGrainWithStringKey
{
    /// <summary>Opens the source from a time on.</summary>
    /// <param name="epoch">The session's epoch; calls of earlier epochs are refused.</param>
    /// <param name="from">Open of the first requested bar, UTC ticks; null for the start of the source.</param>
    [ResponseTimeout("00:10:00"), Alias("Open")]
    Task<LiveFeedHeader> OpenAsync(long epoch, SessionStart start, long? from, long? to);

    /// <summary>
    /// Returns the items since the last call; none after about a second without items. The source is read only on request.
    /// </summary>
    [Alias("Read")]
    Task<LiveFeedItems> ReadAsync(long epoch);

    [Alias("Close")]
    Task CloseAsync(long epoch);
}

/// <param name="Instruments">The feed's instruments; items refer to their positions.</param>
/// <param name="Timeframes">For example 1m.</param>
/// <param name="Fault">Why it cannot be read, in one sentence; null if it can.</param>
/// <param name="MayPass">Whether a later retry may succeed.</param>
[GenerateSerializer, Immutable, Alias("granary.LiveFeedHeader")]
public sealed record LiveFeedHeader([property: Id(0)] Instrument[] Instruments, [property: Id(1)] string[] Timeframes, [property: Id(2)]
    string[] Notes, [property: Id(3)] string? Fault, [property: Id(4)] bool MayPass);

/// <param name="Items">The items in order.</param>
/// <param name="Notes">All notes so far.</param>
/// <param name="Fault">Why the feed cannot continue after the items, in one sentence; null if it can.</param>
[GenerateSerializer, Immutable, Alias("granary.LiveFeedItems")]
public sealed record LiveFeedItems([property: Id(0)] LiveFeedItem[] Items, [property: Id(1)] string[] Notes, [property: Id(2)]
    string? Fault, [property: Id(3)] bool MayPass);

/// <param name="Kind">0 bars, 1 heartbeat, 2 end.</param>
/// <param name="Series">Position of the market in the header.</param>
/// <param name="Time">The market time that the feed has reached, UTC ticks.</param>
[GenerateSerializer, Immutable, Alias("granary.LiveFeedItem")]
public readonly record struct LiveFeedItem([property: Id(0)] int Kind, [property: Id(1)] int Series, [property: Id(2)]
    BarBlock? Bars, [property: Id(3)] long Time);
