using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Application.Live;

/// <summary>Reads a feed instant by instant: the bars of all markets that close at one, once it is complete.</summary>
internal sealed class FeedInstants(ILiveFeed feed, TimeProvider clock, Func<int, long?> known)
{
    private IAsyncEnumerator<FeedItem>? _items;
    private FeedItem? _ahead;

    /// <summary>The open time of the feed's first bar, which is kept for when it is its turn; null where it has none.</summary>
    public async ValueTask<long?> FirstAsync(CancellationToken cancellationToken)
    {
        _items ??= feed.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        // Heartbeats before the first bar say nothing.
        while (await _items.MoveNextAsync().ConfigureAwait(false))
        {
            if (_items.Current.Kind == FeedItemKind.Heartbeat) continue;
            _ahead = _items.Current;
            return _ahead is { Bars: { } bars } ? bars.Time[0] : null;
        }
        return null;
    }

    /// <summary>Gives every instant until the feed's end.</summary>
    /// <param name="take">May keep and clear the list.</param>
    /// <param name="idle">Called every 200 ms while the market is silent.</param>
    /// <param name="stopping">Whether to leave off.</param>
    public async Task ReadAsync(Func<long, List<TakenBar>, CancellationToken, ValueTask> take, Func<CancellationToken, ValueTask> idle, Func<bool> stopping, CancellationToken cancellationToken)
    {
        _items ??= feed.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var merge = new BarMerge(feed.Series);
        var buffer = new MergedBar[1024];
        var taken = new List<TakenBar>();
        var given = new long[feed.Series.Count];
        var instant = 0L;
        await using (_items.ConfigureAwait(false))
        {
            while (!stopping())
            {
                FeedItem item;
                if (_ahead is { } ahead)
                {
                    (item, _ahead) = (ahead, null);
                }
                else
                {
                    var next = _items.MoveNextAsync();
                    if (!next.IsCompleted)
                    {
                        // While the market is silent, the operator and the venue are listened to.
                        var coming = next.AsTask();
                        while (await Task.WhenAny(coming, Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellationToken)).ConfigureAwait(false) != coming)
                        {
                            cancellationToken.ThrowIfCancellationRequested();
                            await idle(cancellationToken).ConfigureAwait(false);
                            if (stopping()) return;
                        }
                        if (!await coming.ConfigureAwait(false)) break;
                    }
                    else if (!await next.ConfigureAwait(false))
                    {
                        break;
                    }
                    item = _items.Current;
                }
                switch (item.Kind)
                {
                    case FeedItemKind.Bars:
                        Add(merge, given, item);
                        continue;
                    case FeedItemKind.Heartbeat:
                        for (var m = 0; m < feed.Series.Count; m++) merge.Reach(m, item.Time - feed.Series[m].Timeframe.Ticks);
                        break;
                    default:
                        for (var m = 0; m < feed.Series.Count; m++) merge.End(m);
                        break;
                }
                for (int n; (n = merge.Take(buffer)) > 0;)
                    for (var i = 0; i < n; i++)
                    {
                        if (taken.Count > 0 && buffer[i].Close != instant) await take(instant, taken, cancellationToken).ConfigureAwait(false);
                        instant = buffer[i].Close;
                        taken.Add(TakenBar.Of(buffer[i].Series, buffer[i].Bar));
                    }
                if (taken.Count > 0) await take(instant, taken, cancellationToken).ConfigureAwait(false);
                if (item.Kind == FeedItemKind.End) break;
            }
        }
    }

    // What is known already is not given a second time.
    private void Add(BarMerge merge, long[] given, FeedItem item)
    {
        var block = item.Bars!;
        var last = known(item.Series) ?? long.MinValue;
        var skip = 0;
        while (skip < block.Count && block.Time[skip] <= last) skip++;
        if (skip == block.Count) return;
        var bars = new Bar[block.Count - skip];
        for (var i = 0; i < bars.Length; i++) bars[i] = block[skip + i];
        merge.Add(item.Series, BarBlock.FromBars(given[item.Series], bars));
        given[item.Series] += bars.Length;
    }
}
