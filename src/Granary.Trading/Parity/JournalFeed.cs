using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Trading.Parity;

/// <summary>A feed that has markets and no bars: all bars of a replayed session are in its journal.</summary>
internal sealed class JournalFeed(IReadOnlyList<MarketSeries> series) : ILiveFeed
{
    public IReadOnlyList<MarketSeries> Series => series;

    public IReadOnlyList<string> Notes => [];

    public async IAsyncEnumerable<FeedItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return FeedItem.End(0);
    }

    public ValueTask DisposeAsync() => default;
}
