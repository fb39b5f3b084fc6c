namespace Granary.Engine.Market.Feeds;

/// <summary>Opens the live feeds of one scheme: what stands in front of the colon of <c>--feed</c>.</summary>
/// <remarks>A plug-in gives the class a <see cref="LiveFeedAttribute"/> and a constructor without parameters.</remarks>
public interface ILiveFeedFactory
{
    /// <summary>Opens a feed of the markets that are asked for.</summary>
    /// <exception cref="BarDataException">The address is wrong, or the feed does not have a market; one sentence.</exception>
    /// <exception cref="BarStoreException">The server failed.</exception>
    Task<ILiveFeed> OpenAsync(LiveFeedRequest request, CancellationToken cancellationToken = default);
}
