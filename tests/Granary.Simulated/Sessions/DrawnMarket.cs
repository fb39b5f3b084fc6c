using System.Runtime.CompilerServices;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Sessions;

/// <summary>Bars of two symbols that a seed draws, each published at a time of the world.</summary>
internal sealed class DrawnMarket
{
    private readonly Bar[][] _bars;

    public DrawnMarket(Draws draws, IReadOnlyList<Instrument> instruments)
    {
        Count = draws.Between(60, 120);
        BarEvery = draws.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));
        Series = [.. instruments.Select(i => new MarketSeries(i, Timeframe))];
        _bars = [.. instruments.Select(_ => Bars(draws))];
    }

    public static Timeframe Timeframe { get; } = Timeframe.Parse("1h");

    public int Count { get; }

    /// <summary>The time of the world between two bars.</summary>
    public TimeSpan BarEvery { get; }

    public IReadOnlyList<MarketSeries> Series { get; }

    private Bar[] Bars(Draws draws)
    {
        var (bars, close) = (new Bar[Count], 100.0);
        var volatility = 0.002 + 0.02 * draws.Unit();
        var start = World.Start.UtcTicks - Count * Timeframe.Ticks;
        for (var i = 0; i < Count; i++)
        {
            var open = close * (1 + 0.2 * volatility * (draws.Unit() - 0.5));
            close = Math.Max(1, open * (1 + 2 * volatility * (draws.Unit() - 0.5)));
            var high = Math.Max(open, close) * (1 + volatility * draws.Unit());
            var low = Math.Min(open, close) * (1 - volatility * draws.Unit());
            bars[i] = new Bar(start + i * Timeframe.Ticks, open, high, low, close, 1_000_000 + draws.Below(1000));
        }
        return bars;
    }

    /// <summary>Returns the market as a process reads it.</summary>
    /// <param name="process">Null reads all bars at once.</param>
    /// <param name="started">When the first bar is published, in ticks of the world.</param>
    public ILiveFeed Read(SimulatedProcess? process, long started) => new Feed(this, process, started);

    private sealed class Feed(DrawnMarket market, SimulatedProcess? process, long started) : ILiveFeed
    {
        private long _from = long.MinValue;

        public IReadOnlyList<MarketSeries> Series => market.Series;

        public IReadOnlyList<string> Notes => [];

        public void Seek(long openTime) => _from = openTime;

        public async IAsyncEnumerable<FeedItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var close = 0L;
            var first = Array.FindIndex(market._bars[0], b => b.Time >= _from);
            for (var i = first < 0 ? market.Count : first; i < market.Count; i++)
            {
                if (process is not null && started + i * market.BarEvery.Ticks - process.World.Now is > 0 and var wait)
                    await Task.Delay(TimeSpan.FromTicks(wait), process.Clock, cancellationToken).ConfigureAwait(false);
                close = Timeframe.CloseOf(market._bars[0][i].Time);
                for (var s = 0; s < market._bars.Length; s++)
                    yield return FeedItem.Of(s, BarBlock.FromBars(i, [market._bars[s][i]]), close);
                yield return FeedItem.Heartbeat(close);
            }
            yield return FeedItem.End(close);
        }

        public ValueTask DisposeAsync() => default;
    }
}
