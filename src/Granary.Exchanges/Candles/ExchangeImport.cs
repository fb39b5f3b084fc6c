using Granary.Data.Stores;
using Granary.Engine.Market;

namespace Granary.Exchanges.Candles;

/// <summary>Progress of a download.</summary>
/// <param name="At">Open time of the newest bar, UTC ticks.</param>
/// <param name="Bars">The number of bars downloaded so far.</param>
/// <param name="Share">Fraction of the requested time range, 0 … 1.</param>
internal readonly record struct ImportProgress(long At, long Bars, double Share);

/// <summary>Downloads the part of an exchange's history that a store does not have. A repeated call resumes an interrupted
/// download.</summary>
internal static class ExchangeImport
{
    private const int MergeAt = 12_000;

    /// <param name="symbol">The symbol in the store.</param>
    /// <param name="span">Open time of the first bar, and the exclusive end; UTC ticks.</param>
    /// <returns>The number of downloaded bars, and of those that the store did not have.</returns>
    /// <exception cref="BarDataException">The exchange does not offer the market.</exception>
    /// <exception cref="BarStoreException">The exchange or the store does not respond.</exception>
    public static async Task<(long Read, long Added)> RunAsync(ExchangeCandles candles, string symbol, Timeframe timeframe,
        (long From, long To) span, IBarStore store, IProgress<ImportProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var instrument = await candles.FindAsync(symbol, cancellationToken).ConfigureAwait(false) with { Symbol = symbol };
        var (read, added) = (0L, 0L);
        foreach (var (from, to) in await MissingAsync(store, symbol, timeframe, span, candles.PageOf(timeframe), cancellationToken)
            .ConfigureAwait(false))
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

    private static async Task<bool> HasAsync(IBarStore store, string symbol, Timeframe timeframe, CancellationToken cancellationToken)
    {
        try
        {
            var markets = await store.ListAsync(cancellationToken).ConfigureAwait(false);
            return markets.Any(m => m.Symbol == symbol && m.Timeframe == timeframe);
        }
        catch (BarDataException)
        {
            // The store does not exist yet; the first merge creates it, or reports why it cannot.
            return false;
        }
    }

    // The ranges without bars in the store, oldest first. Ranges that fit into one request are joined.
    private static async Task<IReadOnlyList<(long From, long To)>> MissingAsync(IBarStore store, string symbol, Timeframe timeframe,
        (long From, long To) span, long page, CancellationToken cancellationToken)
    {
        var missing = new List<(long From, long To)>();
        var next = timeframe.Floor(span.From) is var floor && floor == span.From ? floor : timeframe.CloseOf(floor);
        if (await HasAsync(store, symbol, timeframe, cancellationToken).ConfigureAwait(false))
        {
            await using var stored = await store.Source(adjust: false).OpenAsync(new BarQuery(symbol, timeframe), cancellationToken)
                .ConfigureAwait(false);
            await foreach (var block in stored.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
                for (var i = 0; i < block.Count && next < span.To; i++)
                {
                    var time = block[i].Time;
                    if (time > next) Add(next, Math.Min(time, span.To));
                    next = Math.Max(next, timeframe.CloseOf(time));
                }
        }
        if (next < span.To) Add(next, span.To);
        return missing;

        void Add(long from, long to)
        {
            if (missing.Count > 0 && to - missing[^1].From <= page) missing[^1] = (missing[^1].From, to);
            else missing.Add((from, to));
        }
    }
}
