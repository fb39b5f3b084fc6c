namespace Granary.Data.Feeds;

/// <summary>A hole in what a feed brought.</summary>
/// <param name="After">Open of the last bar before it, UTC ticks.</param>
/// <param name="Next">Open of the first bar behind it.</param>
/// <param name="Missing">Bars that the session calendar expects between them.</param>
/// <param name="Filled">Bars found elsewhere, before their time had passed or for the store only.</param>
public sealed record FeedGap(string Symbol, long After, long Next, long Missing, long Filled);
