using Granary.Application.Live;
using Granary.Engine.Market;

namespace Granary.Cluster.Feeds;

/// <summary>
/// The feed of one live session; the key is the session's id. Reads its source, replayed at a pace, a stream or an exchange, and gives what has come, in order,
/// to the session that asks for it. It holds nothing that cannot be had again: lost, the session opens it anew behind the bars that its journal has.
/// </summary>
[Alias("granary.ILiveFeedGrain")]
public interface ILiveFeedGrain : IGrainWithStringKey
{
    /// <summary>Opens the source, from a time on.</summary>
    /// <param name="epoch">Of the session; an earlier one is heard no more.</param>
    /// <param name="from">First bar's open that is wanted, UTC ticks; null for the start of what there is.</param>
    [ResponseTimeout("00:10:00"), Alias("Open")]
    Task<LiveFeedHeader> OpenAsync(long epoch, SessionStart start, long? from, long? to);

    /// <summary>What has come since the last time; nothing where for about a second nothing came. Asking is the credit: without it the source is not read on.</summary>
    [Alias("Read")]
    Task<LiveFeedItems> ReadAsync(long epoch);

    [Alias("Close")]
    Task CloseAsync(long epoch);
}

/// <param name="Instruments">That it carries, in the order in which items count them.</param>
/// <param name="Timeframes">As 1m.</param>
/// <param name="Fault">Why it cannot be read: one sentence; null where it can.</param>
/// <param name="MayPass">Whether trying again later may help.</param>
[GenerateSerializer, Immutable, Alias("granary.LiveFeedHeader")]
public sealed record LiveFeedHeader([property: Id(0)] Instrument[] Instruments, [property: Id(1)] string[] Timeframes, [property: Id(2)] string[] Notes, [property: Id(3)] string? Fault, [property: Id(4)] bool MayPass);

/// <param name="Items">In order.</param>
/// <param name="Notes">All that was noticed so far.</param>
/// <param name="Fault">Why it cannot go on, behind the items: one sentence; null where it can.</param>
[GenerateSerializer, Immutable, Alias("granary.LiveFeedItems")]
public sealed record LiveFeedItems([property: Id(0)] LiveFeedItem[] Items, [property: Id(1)] string[] Notes, [property: Id(2)] string? Fault, [property: Id(3)] bool MayPass);

/// <param name="Kind">0 bars, 1 heartbeat, 2 end.</param>
/// <param name="Series">Place of the market in the header.</param>
/// <param name="Time">The instant that has been reached, UTC ticks.</param>
[GenerateSerializer, Immutable, Alias("granary.LiveFeedItem")]
public readonly record struct LiveFeedItem([property: Id(0)] int Kind, [property: Id(1)] int Series, [property: Id(2)] BarBlock? Bars, [property: Id(3)] long Time);
