using Granary.Application.Catalogues;
using Granary.Data.Replay;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Application.Feeds;

/// <summary>Opens what <c>granary live --feed</c> names.</summary>
public static class LiveFeeds
{
    private static readonly List<(string Scheme, Func<FeedRequest, CancellationToken, Task<ILiveFeed>> Open)> Schemes = [];

    /// <summary>Adds a kind of feed, as a host that has its library does at start.</summary>
    public static void Add(string scheme, Func<FeedRequest, CancellationToken, Task<ILiveFeed>> open)
    {
        lock (Schemes) Schemes.Add((scheme, open));
    }

    /// <exception cref="BarDataException">There is no such kind of feed, or it does not have a market.</exception>
    /// <exception cref="BarStoreException">The disk or the server failed.</exception>
    public static async Task<ILiveFeed> OpenAsync(FeedRequest request, CancellationToken cancellationToken = default)
    {
        Func<FeedRequest, CancellationToken, Task<ILiveFeed>>? found;
        lock (Schemes) found = Schemes.Find(s => request.Feed.StartsWith(s.Scheme, StringComparison.Ordinal)).Open;
        if (found is not null) return await found(request, cancellationToken);
        if (Data.Sources.BarSources.Knows(request.Feed))
            return await BarReplay.OpenAsync(Data.Sources.BarSources.Create(request.Feed, baseFolder: request.Folder), request.Markets, request.Pace, request.Clock, cancellationToken: cancellationToken);
        throw new BarDataException($"--feed {request.Feed} is no feed that this host reads; use store:DIR, csv:DIR, postgres://…, questdb://…, kafka://… or ws:…");
    }
}
