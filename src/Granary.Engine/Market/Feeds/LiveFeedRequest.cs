namespace Granary.Engine.Market.Feeds;

/// <summary>Request to open a live feed.</summary>
/// <param name="Address">As the user wrote it, scheme included: <c>ws:binance</c>.</param>
/// <param name="Markets">
/// Each market once; <see cref="BarQuery.From"/> is the first live bar, null for the start of the feed's data.
/// </param>
/// <param name="Clock">The session's clock.</param>
public sealed record LiveFeedRequest(string Address, IReadOnlyList<BarQuery> Markets, TimeProvider Clock);
