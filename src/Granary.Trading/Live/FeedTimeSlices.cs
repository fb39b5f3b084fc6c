using Granary.Data.Feeds;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Trading.Live;

/// <summary>A complete time slice of the market: all bars that close at one time.</summary>
/// <param name="Time">UTC ticks.</param>
/// <param name="Bars">The feed's own bars, and the longer ones that strategies trade, by market.</param>
internal readonly record struct TimeSlice(long Time, IReadOnlyList<(int Market, Timeframe Timeframe, Bar Bar)> Bars);

/// <summary>Reads a feed with its history and its longer bars, one time slice after another.</summary>
internal sealed class FeedTimeSlices(WarmFeed feed, TimeProvider clock)
{
    private List<(int Market, Timeframe Timeframe, Bar Bar)> _bars = [];

    /// <summary>Returns a time slice from the journal again, and the longer bars that it completes.</summary>
    public IEnumerable<TimeSlice> Resume(BarsTaken taken)
    {
        feed.Resume(taken.Timestamp, taken.Bars.Select(b => (b.Series, b.Bar)));
        while (feed.TryNext(out var item))
            if (Add(item) is { } slice)
                yield return slice;
    }

    /// <summary>Returns every time slice until the feed's end.</summary>
    /// <param name="take">Called for each time slice; true if it is history, before the first live bar.</param>
    /// <param name="idle">Called every 200 ms while the market is silent.</param>
    /// <param name="stopping">Whether to stop reading.</param>
    public async Task ReadAsync(Func<TimeSlice, bool, CancellationToken, ValueTask> take, Func<CancellationToken, ValueTask> idle,
        Func<bool> stopping, CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var items = feed.ReadAsync(leaving.Token).GetAsyncEnumerator(leaving.Token);
        await using (items.ConfigureAwait(false))
        {
            while (!stopping())
            {
                var next = items.MoveNextAsync();
                if (!next.IsCompleted)
                {
                    // Between time slices, commands and venue events are handled.
                    var coming = next.AsTask();
                    try
                    {
                        while (await Task.WhenAny(coming, Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellationToken))
                            .ConfigureAwait(false) != coming)
                        {
                            cancellationToken.ThrowIfCancellationRequested();
                            await idle(cancellationToken).ConfigureAwait(false);
                            if (stopping()) return;
                        }
                    }
                    finally
                    {
                        // Cancel a pending read before closing the feed.
                        if (!coming.IsCompleted)
                        {
                            await leaving.CancelAsync().ConfigureAwait(false);
                            await ((Task)coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                        }
                    }
                    if (!await coming.ConfigureAwait(false)) return;
                }
                else if (!await next.ConfigureAwait(false))
                {
                    return;
                }
                if (Add(items.Current) is { } slice)
                    await take(slice, feed.LiveFrom is not { } live || slice.Time <= live, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // A heartbeat completes the collected time slice.
    private TimeSlice? Add(in FeedItem item)
    {
        if (item.Bars is { } block)
        {
            var series = feed.Series[item.Series];
            for (var i = 0; i < block.Count; i++) _bars.Add((feed.MarketOf(item.Series), series.Timeframe, block[i]));
            return null;
        }
        if (_bars.Count == 0) return null;
        var bars = _bars;
        _bars = [];
        return new TimeSlice(bars[0].Timeframe.CloseOf(bars[0].Bar.Time), bars);
    }
}
