using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Simulation.Passes;

/// <summary>Bars of a market, with the closes of other symbols.</summary>
/// <param name="Closes">
/// For each symbol and bar, the other symbol's close that was known when the bar closed: the close of the bar with the same open time, or
/// else the last one before it. NaN before the symbol's first bar. Null if no other symbol is read.
/// </param>
internal readonly record struct ReferredBlock(BarBlock Bars, IReadOnlyDictionary<string, double[]>? Closes);

/// <summary>Reads the bars of a market in parallel with the symbols that its factors read.</summary>
internal static class ReferredBlocks
{
    /// <param name="symbols">The market's symbol, followed by the other symbols.</param>
    /// <param name="timeframe">Timeframe of all bars.</param>
    /// <param name="markets">Opened markets by symbol.</param>
    public static async IAsyncEnumerable<ReferredBlock> ReadAsync(IReadOnlyList<string> symbols, Timeframe timeframe,
        IReadOnlyDictionary<string, OpenedMarket> markets, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IAsyncEnumerable<BarBlock> BlocksOf(int s) =>
            FeedBlocks.ReadAsync(markets[symbols[s]].Series, timeframe, IBarSeries.DefaultBlockSize, cancellationToken);
        if (symbols.Count == 1)
        {
            await foreach (var block in BlocksOf(0)) yield return new ReferredBlock(block, null);
            yield break;
        }
        List<MarketSeries> series = [.. symbols.Select(s => new MarketSeries(markets[s].Instrument, timeframe))];
        await foreach (var joined in JoinAsync(series, BlocksOf, cancellationToken))
        {
            if (joined.Bars(0) is not { } own) continue;
            var closes = new Dictionary<string, double[]>(StringComparer.Ordinal);
            for (var s = 1; s < symbols.Count; s++) closes[symbols[s]] = joined.CloseOf(s, 0);
            yield return new ReferredBlock(own, closes);
        }
    }

    // Reads several symbols in parallel and joins them on one timeline.
    private static async IAsyncEnumerable<JoinedBlock> JoinAsync(IReadOnlyList<MarketSeries> series,
        Func<int, IAsyncEnumerable<BarBlock>> blocksOf, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var joiner = new FeedJoiner(series);
        var readers = new IAsyncEnumerator<BarBlock>[series.Count];
        try
        {
            for (var s = 0; s < readers.Length; s++) readers[s] = blocksOf(s).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                while (joiner.TryNext(out var block)) yield return block;
                // Reads only the symbol that the others wait for, so that none gets far ahead of the rest.
                if (joiner.WaitsFor is not { } symbol) yield break;
                if (await readers[symbol].MoveNextAsync()) joiner.Add(symbol, readers[symbol].Current);
                else joiner.End(symbol);
            }
        }
        finally
        {
            foreach (var reader in readers)
                if (reader is not null)
                    await reader.DisposeAsync();
        }
    }
}
