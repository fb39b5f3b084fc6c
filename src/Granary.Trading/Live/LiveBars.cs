using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Trading.Live;

/// <summary>A bar source with the bars that a session has taken, for the report after its end.</summary>
internal sealed class LiveBars(IReadOnlyList<MarketSeries> markets) : IBarSource
{
    private readonly List<Bar>[] _bars = [.. markets.Select(_ => new List<Bar>())];

    public void Add(int market, in Bar bar) => _bars[market].Add(bar);

    public long Count => _bars.Sum(b => (long)b.Count);

    public Bar? Last(int market) => _bars[market] is [.., var last] ? last : null;

    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        new([.. markets.Select(m => m.Instrument.Symbol).Order(StringComparer.Ordinal)]);

    public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        for (var m = 0; m < markets.Count; m++)
            if (markets[m].Instrument.Symbol == query.Symbol)
                return new(new Series(markets[m], _bars[m]));
        throw new BarDataException($"the feed does not carry {query.Symbol}");
    }

    private sealed class Series(MarketSeries market, List<Bar> bars) : IBarSeries
    {
        public Instrument Instrument => market.Instrument;

        public Timeframe Timeframe => market.Timeframe;

        public long Count => bars.Count;

        public string ContentHash => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(bars))));

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
