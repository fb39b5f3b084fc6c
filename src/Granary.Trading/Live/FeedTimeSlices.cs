using Granary.Data.Feeds;
using Granary.Engine.Market.Feeds;

namespace Granary.Trading.Live;

/// <summary>Reads the time slices of a feed, and leaves time for other work while the market is silent.</summary>
internal static class FeedTimeSlices
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Passes on every time slice until the feed's end.</summary>
    /// <param name="take">Called for each time slice; true if it is history, before the first live bar.</param>
    /// <param name="idle">Called every 200 ms while the market is silent.</param>
    /// <param name="stopping">Whether to stop reading.</param>
    public static async Task ReadAsync(WarmFeed feed, TimeProvider clock, Func<TimeSlice, bool, CancellationToken, ValueTask> take,
        Func<CancellationToken, ValueTask> idle, Func<bool> stopping, CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var slices = feed.ReadAsync(leaving.Token).GetAsyncEnumerator(leaving.Token);
        await using (slices.ConfigureAwait(false))
        {
            while (!stopping())
            {
                var next = slices.MoveNextAsync();
                if (!next.IsCompleted)
                {
                    // Between time slices, commands and venue events are handled.
                    var coming = next.AsTask();
                    try
                    {
                        while (await Task.WhenAny(coming, Task.Delay(Pause, clock, cancellationToken)).ConfigureAwait(false) != coming)
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
                var slice = slices.Current;
                await take(slice, feed.LiveFrom is not { } live || slice.Time <= live, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
