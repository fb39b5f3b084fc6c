using Granary.Data.Reading;
using Granary.Data.Replay;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Kafka.Bars;
using Granary.Testing;

namespace Granary.Kafka.Tests;

/// <summary>Generated bars in memory, which tests publish and read again.</summary>
internal sealed class Markets(params (string Symbol, Bar[] Bars)[] markets) : IBarSource
{
    public static readonly long Start = new DateTime(2024, 3, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        new([.. markets.Select(m => m.Symbol)]);

    public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default) =>
        new(new MemoryBarSeries(new Instrument { Symbol = query.Symbol, PriceDecimals = 2 }, query.Timeframe,
            [.. markets.Single(m => m.Symbol == query.Symbol).Bars.Where(b => query.Wants(b.Time))], []));

    public IReadOnlyList<BarQuery> Queries => [.. markets.Select(m => new BarQuery(m.Symbol, Timeframe.M1))];

    public static Bar[] RandomBars(int seed, int count, int everyMinutes = 1)
    {
        var random = new Random(seed);
        var bars = new Bar[count];
        var price = 100.0;
        for (var i = 0; i < count; i++)
        {
            var open = price;
            price = Math.Round(price * (1 + (random.NextDouble() - 0.5) / 50), 2);
            bars[i] = new Bar(Start + (long)i * everyMinutes * TimeSpan.TicksPerMinute, open, Math.Max(open, price) + 0.05,
                Math.Min(open, price) - 0.05, price, random.Next(1, 1000));
        }
        return bars;
    }

    public static async Task PublishAsync(KafkaBarAddress to, Markets markets, int blockSize = 64,
        IReadOnlyList<BarQuery>? queries = null)
    {
        await using var replay = await BarReplay.OpenAsync(markets, queries ?? markets.Queries, ReplaySpeed.AsFastAsPossible,
            TimeProvider.System, blockSize);
        await using var sink = new KafkaBarSink(to, Guid.NewGuid());
        await foreach (var item in replay.ReadAsync()) await sink.PublishAsync(replay.Series, item);
        await sink.FlushAsync();
    }

    public static async Task<List<FeedItem>> ReadAsync(ILiveFeed feed)
    {
        using var timeout = new CancellationTokenSource(Eventually.Longest);
        var items = new List<FeedItem>();
        await foreach (var item in feed.ReadAsync(timeout.Token)) items.Add(item);
        return items;
    }
}
