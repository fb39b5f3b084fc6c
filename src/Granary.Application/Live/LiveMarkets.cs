using System.Security.Cryptography;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Application.Live;

/// <summary>The bars that a session has taken, as a source that the run's report is made from when the session is over.</summary>
internal sealed class LiveBars(IReadOnlyList<MarketSeries> markets) : IBarSource
{
    private readonly List<Bar>[] _bars = [.. markets.Select(_ => new List<Bar>())];

    public void Add(int market, in Bar bar) => _bars[market].Add(bar);

    public long Count => _bars.Sum(b => (long)b.Count);

    public Bar? Last(int market) => _bars[market] is [.., var last] ? last : null;

    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) => new([.. markets.Select(m => m.Instrument.Symbol).Order(StringComparer.Ordinal)]);

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

        public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask.ConfigureAwait(false);
            for (var i = 0; i < bars.Count; i += blockSize)
                yield return BarBlock.FromBars(i, CollectionsMarshal.AsSpan(bars).Slice(i, Math.Min(blockSize, bars.Count - i)));
        }

        public ValueTask DisposeAsync() => default;
    }
}

/// <summary>
/// Turns the feed's bars into instants: at each, the bars that close then, of the feed's timeframe and of the longer ones that strategies trade.
/// A long bar belongs to the instant at which its time is over, as in a batch.
/// </summary>
internal sealed class LiveInstants
{
    private readonly IReadOnlyList<MarketSeries> _markets;
    private readonly List<(int Market, Timeframe To, BarAggregator Aggregator)> _long = [];
    private readonly PriorityQueue<(int Market, Timeframe Timeframe, Bar Bar), (long Close, long Ticks, int Market)> _waiting = new();

    /// <param name="timeframes">Beyond the feed's own, by market.</param>
    public LiveInstants(IReadOnlyList<MarketSeries> markets, IEnumerable<(int Market, Timeframe Timeframe)> timeframes)
    {
        _markets = markets;
        foreach (var (market, timeframe) in timeframes.Distinct())
            if (timeframe != markets[market].Timeframe)
                _long.Add((market, timeframe, new BarAggregator(markets[market].Timeframe, timeframe, markets[market].Instrument.Calendar)));
    }

    public void Add(int market, in Bar bar)
    {
        Queue(market, _markets[market].Timeframe, bar);
        foreach (var (m, to, aggregator) in _long)
        {
            if (m != market) continue;
            aggregator.Add(bar, out var before, out var completed);
            if (before is { } b) Queue(market, to, b);
            if (completed is { } c) Queue(market, to, c);
        }
    }

    private void Queue(int market, Timeframe timeframe, in Bar bar) => _waiting.Enqueue((market, timeframe, bar), (bar.Time + timeframe.Ticks, timeframe.Ticks, market));

    /// <summary>Everything up to an instant has been given.</summary>
    public void Reach(long instant)
    {
        foreach (var (m, to, aggregator) in _long)
            if (aggregator.Reach(instant) is { } over)
                Queue(m, to, over);
    }

    /// <summary>The next instant at or before one that is complete, and its bars by timeframe and market.</summary>
    public bool Next(long complete, out long instant, List<(int Market, Timeframe Timeframe, Bar Bar)> bars)
    {
        bars.Clear();
        instant = 0;
        if (!_waiting.TryPeek(out _, out var key) || key.Close > complete) return false;
        instant = key.Close;
        while (_waiting.TryPeek(out _, out var k) && k.Close == instant) bars.Add(_waiting.Dequeue());
        return true;
    }
}
