using System.Runtime.CompilerServices;
using Granary.Cluster.Feeds;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>The live feed grain as a session reads it: the next part is on its way while one is worked.</summary>
internal sealed class RemoteFeed(ILiveFeedGrain grain, long epoch, LiveFeedHeader header) : ILiveFeed
{
    public IReadOnlyList<MarketSeries> Series { get; } =
        [.. header.Instruments.Zip(header.Timeframes, (i, t) => new MarketSeries(i, Timeframe.Parse(t)))];

    public IReadOnlyList<string> Notes { get; private set; } = header.Notes;

    public async IAsyncEnumerable<FeedItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var next = grain.ReadAsync(epoch);
        while (true)
        {
            var part = await next.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (part.Notes.Length > 0) Notes = part.Notes;
            var ends = part.Fault is not null || part.Items is [.., { Kind: (int)FeedItemKind.End }];
            if (!ends) next = grain.ReadAsync(epoch);
            foreach (var item in part.Items)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new FeedItem((FeedItemKind)item.Kind, item.Series, item.Bars, item.Time);
            }
            if (part.Fault is { } fault) throw part.MayPass ? new BarStoreException(fault) : new BarDataException(fault);
            if (ends) yield break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await grain.CloseAsync(epoch).WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        }
        catch (Exception e) when (Loss.Is(e))
        {
        }
    }
}
