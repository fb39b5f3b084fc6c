using Granary.Data.Stores;
using Granary.Engine.Market;

namespace Granary.Exchanges.Candles;

/// <summary>How far a download is.</summary>
/// <param name="At">Open time of the newest bar, UTC ticks.</param>
/// <param name="Bars">Downloaded so far.</param>
/// <param name="Share">Of the time that is asked for, 0 … 1.</param>
public readonly record struct ImportProgress(long At, long Bars, double Share);

/// <summary>Downloads the history of an exchange into a store. A download that was interrupted continues where it was.</summary>
public static class ExchangeImport
{
    private const int MergeAt = 12_000;

    /// <param name="symbol">As the store is to name it.</param>
    /// <param name="span">Open time of the first bar, and the first bar that is left out; UTC ticks.</param>
    /// <returns>Downloaded bars, and those that the store did not have.</returns>
    /// <exception cref="BarDataException">The exchange does not have the market.</exception>
    /// <exception cref="BarStoreException">The exchange or the store does not answer.</exception>
    public static async Task<(long Read, long Added)> RunAsync(ExchangeCandles candles, string symbol, Timeframe timeframe,
        (long From, long To) span, IBarStore store, IProgress<ImportProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var instrument = await candles.FindAsync(symbol, cancellationToken).ConfigureAwait(false) with { Symbol = symbol };
        var known = (await store.ListAsync(cancellationToken).ConfigureAwait(false))
            .FirstOrDefault(m => m.Symbol == symbol && m.Timeframe == timeframe);
        var (read, added) = (0L, 0L);
        foreach (var (from, to) in Missing(span.From, span.To, known, timeframe))
        {
            var waiting = new List<Bar>();
            await foreach (var page in candles.ReadAsync(symbol, timeframe, from, to, cancellationToken).ConfigureAwait(false))
            {
                waiting.AddRange(page);
                read += page.Count;
                progress?.Report(new ImportProgress(page[^1].Time, read, (double)(page[^1].Time - span.From) / (span.To - span.From)));
                if (waiting.Count < MergeAt) continue;
                added += await MergeAsync(waiting).ConfigureAwait(false);
            }
            added += await MergeAsync(waiting).ConfigureAwait(false);
        }
        return (read, added);

        async Task<long> MergeAsync(List<Bar> bars)
        {
            if (bars.Count == 0) return 0;
            var result = await store.MergeAsync(BarsToStore.Of(instrument, timeframe, bars, instrument.Venue), cancellationToken)
                .ConfigureAwait(false);
            bars.Clear();
            return result.Added;
        }
    }

    // What lies before and behind the bars that the store has. A store grows at its ends, so nothing between is missing.
    private static IEnumerable<(long From, long To)> Missing(long from, long to, StoredMarket? known, Timeframe timeframe)
    {
        if (known is null || known.Last < from || known.First >= to)
        {
            yield return (from, to);
            yield break;
        }
        if (from < known.First) yield return (from, known.First);
        if (known.Last + timeframe.Ticks < to) yield return (known.Last + timeframe.Ticks, to);
    }
}
