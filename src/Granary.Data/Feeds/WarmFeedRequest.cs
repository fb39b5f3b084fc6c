using Granary.Data.Stores;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Data.Feeds;

/// <summary>Request for a feed that is built from a live feed of short bars.</summary>
internal sealed record WarmFeedRequest
{
    /// <summary>Live feed of short bars, one market for each symbol, all of one timeframe. The warm feed owns it.</summary>
    public required ILiveFeed Feed { get; init; }

    /// <summary>Longer timeframes to build; each a multiple of the feed's.</summary>
    public IReadOnlyList<Timeframe> Longer { get; init; } = [];

    /// <summary>
    /// Sources of the bars before the live feed begins, of those missed while no session ran, and of gaps. They are queried in this order;
    /// empty for no history.
    /// </summary>
    public IReadOnlyList<IBarSource> Past { get; init; } = [];

    /// <summary>Start of the past, UTC ticks; null for all that is available.</summary>
    public long? WarmUpFrom { get; init; }

    /// <summary>
    /// Whether gaps in the feed are detected and filled. A replay of stored bars has the gaps of its store, so it needs no filling.
    /// </summary>
    public bool FillGaps { get; init; } = true;

    /// <summary>Receives the bars of the feed and those that fill its gaps; null = none.</summary>
    public IBarStore? Store { get; init; }

    /// <summary>Clock for waiting on sources and stores; market time comes from the bars.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// The market time between two saves to the store. A caller that keeps the bars meanwhile, and passes them to
    /// <see cref="WarmFeed.Resume"/>, loses none.
    /// </summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromMinutes(15);
}
