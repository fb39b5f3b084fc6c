using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Trading.Live;

/// <summary>A bar source with the bars that a session has taken, for the report after its end.</summary>
internal sealed class LiveBars(IReadOnlyList<MarketSeries> markets) : IBarSource
{
    private readonly Dictionary<string, List<Bar>> _bars =
        markets.ToDictionary(m => m.Instrument.Symbol, _ => new List<Bar>(), StringComparer.Ordinal);

    public void Add(in ClosedBar closed) => Add(closed.Symbol, closed.Bar);

    public long Count => _bars.Values.Sum(b => (long)b.Count);

    /// <summary>The markets of the bars.</summary>
    public IReadOnlyList<MarketSeries> Markets => markets;

    /// <summary>Returns the bars of a symbol, in order; empty for another symbol.</summary>
    public IReadOnlyList<Bar> Of(string symbol) => _bars.GetValueOrDefault(symbol) ?? [];

    /// <summary>Adds a bar of a symbol after its last one.</summary>
    public void Add(string symbol, in Bar bar) => _bars[symbol].Add(bar);

    /// <summary>Returns the symbol's last bar.</summary>
    public Bar? Last(string symbol) => _bars.GetValueOrDefault(symbol) is [.., var last] ? last : null;

    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        new([.. markets.Select(m => m.Instrument.Symbol).Order(StringComparer.Ordinal)]);

    public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        foreach (var market in markets)
            if (market.Instrument.Symbol == query.Symbol)
                return new(new Series(market, _bars[query.Symbol]));
        throw new BarDataException($"the feed does not carry {query.Symbol}");
    }

    private sealed class Series(MarketSeries market, List<Bar> bars) : IBarSeries
    {
        public Instrument Instrument => market.Instrument;

        public Timeframe Timeframe => market.Timeframe;

        public long Count => bars.Count;

        public IReadOnlyList<string> Columns => market.Columns ?? [];

        // The hash of every other source, so that a session and a backtest of the same bars have the same.
        public string ContentHash => new MemoryBarSeries(Instrument, Timeframe, [.. bars], []).ContentHash;

        public IReadOnlyList<string> Notes => [];

        public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation]
            CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask.ConfigureAwait(false);
            for (var i = 0; i < bars.Count; i += blockSize)
                yield return BarBlock.FromBars(i, CollectionsMarshal.AsSpan(bars).Slice(i, Math.Min(blockSize, bars.Count - i)));
        }

        public ValueTask DisposeAsync() => default;
    }
}
