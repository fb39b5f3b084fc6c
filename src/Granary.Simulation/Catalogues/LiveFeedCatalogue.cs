using Granary.Data.Replay;
using Granary.Data.Sources;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Catalogues;

/// <summary>Live feeds that a process knows, by the scheme of <c>granary live --feed</c>. Stored bars are replayed.</summary>
/// <param name="builder">Contains the factories.</param>
/// <param name="sources">Sources of stored bars to replay.</param>
public sealed class LiveFeedCatalogue(CatalogueBuilder<ILiveFeedFactory> builder, BarSourceCatalogue sources)
    : Catalogue<ILiveFeedFactory>(builder)
{
    /// <summary>Whether a feed delivers current bars instead of a replay of stored ones.</summary>
    public bool IsStream(Address feed) => Contains(feed.Scheme) || !sources.Knows(feed);

    /// <summary>Opens a stream, or a replay of stored bars.</summary>
    /// <exception cref="BarDataException">The feed does not exist, or it lacks one of the markets.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    public async Task<ILiveFeed> OpenAsync(FeedRequest request, CancellationToken cancellationToken = default)
    {
        if (TryGet(request.Feed.Scheme, out var factory))
            return await factory.OpenAsync(new LiveFeedRequest(request.Feed.Full, request.Markets, request.Clock), cancellationToken)
                .ConfigureAwait(false);
        if (!sources.Knows(request.Feed))
        {
            var streams = string.Join(", ", Names.Select(n => n + ":…"));
            throw new BarDataException($"--feed {request.Feed}: this process has no such feed; use {streams}, or replay {sources.Forms}");
        }

        var source = sources.Open(request.Feed);
        return await BarReplay.OpenAsync(source, request.Markets, request.Speed, request.Clock, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
    }
}
