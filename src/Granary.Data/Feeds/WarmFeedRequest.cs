using Granary.Data.Stores;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Data.Feeds;

/// <summary>What is to be made of a live feed of short bars.</summary>
public sealed record WarmFeedRequest
{
    /// <summary>Short bars, one market for each symbol, all of one timeframe; taken over.</summary>
    public required ILiveFeed Feed { get; init; }

    /// <summary>Longer timeframes to build; each a multiple of the feed's.</summary>
    public IReadOnlyList<Timeframe> Longer { get; init; } = [];

    /// <summary>
    /// Asked one after the other for the bars before the feed begins, for those of the time without a listener, and for gaps; empty where
    /// there is no past.
    /// </summary>
    public IReadOnlyList<IBarSource> Past { get; init; } = [];

    /// <summary>Where the past begins, UTC ticks; null for all that there is.</summary>
    public long? WarmUpFrom { get; init; }

    /// <summary>
    /// Whether holes in what the feed brings are looked for and filled; a replay of what is stored has those that the store has.
    /// </summary>
    public bool FillGaps { get; init; } = true;

    /// <summary>Receives the bars that the feed brings and those that fill its gaps; null = none.</summary>
    public IBarStore? Store { get; init; }

    /// <summary>Of the waiting for sources and stores; market time comes from the bars.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// How much market time may pass before bars that came are put into the store. A caller that keeps the bars meanwhile, and gives them
    /// to <see cref="WarmFeed.Resume"/>, loses none.
    /// </summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromMinutes(15);
}
