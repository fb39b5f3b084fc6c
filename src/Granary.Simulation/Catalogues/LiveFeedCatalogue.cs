using Granary.Data.Sources;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Catalogues;

/// <summary>Live feeds that a process knows, by the scheme of <c>granary live --feed</c>. They are not replays of stored bars.</summary>
/// <param name="builder">Contains the factories.</param>
/// <param name="sources">Sources of stored bars, which a session replays.</param>
public sealed class LiveFeedCatalogue(CatalogueBuilder<ILiveFeedFactory> builder, BarSourceCatalogue sources)
    : Catalogue<ILiveFeedFactory>(builder)
{
    /// <summary>Whether a feed delivers current bars instead of a replay of stored ones.</summary>
    public bool IsStream(Address feed) => Contains(feed.Scheme) || !sources.Knows(feed);

    /// <summary>Opens a stream.</summary>
    /// <param name="feed">Address, such as kafka://… or ws:….</param>
    /// <param name="markets">Distinct markets. <see cref="BarQuery.From"/> is the start of live bars; null = the start of the feed.</param>
    /// <exception cref="BarDataException">The feed does not exist, or it lacks one of the markets.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    public async Task<ILiveFeed> OpenAsync(Address feed, IReadOnlyList<BarQuery> markets, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        if (TryGet(feed.Scheme, out var factory))
            return await factory.OpenAsync(new LiveFeedRequest(feed.Full, markets, clock), cancellationToken).ConfigureAwait(false);
        throw new BarDataException($"--feed {FaultOf(feed)}");
    }

    /// <summary>Returns what is wrong with a feed that is neither a stream nor a source of bars; null if it is one.</summary>
    internal string? FaultOf(Address feed)
    {
        if (Contains(feed.Scheme) || sources.Knows(feed)) return null;
        var streams = Names.Count > 0 ? $"use {string.Join(", ", Names.Select(n => n + ":…"))}, or " : "";
        return $"{feed}: this process has no such feed; {streams}replay {sources.Forms}";
    }
}
