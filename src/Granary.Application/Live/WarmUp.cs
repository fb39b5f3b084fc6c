using System.Runtime.CompilerServices;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Application.Live;

/// <summary>Reads the bars before a session's first from where history is kept, in one order over the markets.</summary>
internal static class WarmUp
{
    /// <param name="before">Bars that open before it, UTC ticks.</param>
    /// <param name="notes">Gets what the source does not have.</param>
    public static async IAsyncEnumerable<(long Instant, List<TakenBar> Bars)> ReadAsync(IBarSource source, IReadOnlyList<MarketSeries> markets, long before, ICollection<string> notes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var series = new List<IBarSeries>();
        try
        {
            var merge = new BarMerge(markets);
            var readers = new List<IAsyncEnumerator<BarBlock>>();
            foreach (var market in markets)
            {
                IBarSeries? opened = null;
                try
                {
                    opened = await source.OpenAsync(new BarQuery(market.Instrument.Symbol, market.Timeframe, null, before), cancellationToken).ConfigureAwait(false);
                    series.Add(opened);
                }
                catch (BarDataException e)
                {
                    notes.Add($"no bars to warm up with: {e.Message}");
                }
                readers.Add(opened is null ? Nothing().GetAsyncEnumerator(cancellationToken) : opened.ReadAsync(cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken));
            }
            var buffer = new MergedBar[1024];
            var taken = new List<TakenBar>();
            var instant = 0L;
            while (true)
            {
                for (int n; (n = merge.Take(buffer)) > 0;)
                    for (var i = 0; i < n; i++)
                    {
                        if (taken.Count > 0 && buffer[i].Close != instant)
                        {
                            yield return (instant, taken);
                            taken = [];
                        }
                        instant = buffer[i].Close;
                        taken.Add(TakenBar.Of(buffer[i].Series, buffer[i].Bar));
                    }
                if (merge.WaitsFor is not { } waits) break;
                if (await readers[waits].MoveNextAsync().ConfigureAwait(false)) merge.Add(waits, readers[waits].Current);
                else merge.End(waits);
            }
            if (taken.Count > 0) yield return (instant, taken);
            foreach (var reader in readers) await reader.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            foreach (var s in series) await s.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async IAsyncEnumerable<BarBlock> Nothing()
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield break;
    }
}
