namespace Granary.Data.Feeds;

/// <summary>A gap in the bars that a feed delivered.</summary>
/// <param name="After">Open of the last bar before it, UTC ticks.</param>
/// <param name="Next">Open of the first bar after it, UTC ticks.</param>
/// <param name="Missing">Bars that the session calendar expects between them.</param>
/// <param name="Filled">Bars that another source had, whether they were found in time for the feed or only for the store.</param>
internal sealed record MissingBars(string Symbol, long After, long Next, long Missing, long Filled);
