namespace Granary.Engine.Market.Feeds;

/// <summary>What a live feed is opened for.</summary>
/// <param name="Address">As the user wrote it, scheme included: <c>ws:binance</c>.</param>
/// <param name="Markets">Each once; <see cref="BarQuery.From"/> is where live begins, null for the start of what the feed has.</param>
/// <param name="Clock">The session's clock.</param>
public sealed record LiveFeedRequest(string Address, IReadOnlyList<BarQuery> Markets, TimeProvider Clock);
