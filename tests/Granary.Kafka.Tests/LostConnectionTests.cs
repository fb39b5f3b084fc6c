using Granary.Data.Replay;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Kafka.Bars;
using Granary.Storage.Addresses;
using Granary.Testing;
using static Granary.Kafka.Tests.Markets;

namespace Granary.Kafka.Tests;

/// <summary>Brokers that are lost in the middle of the work, and come back with their data or stay away.</summary>
public sealed class LostConnectionTests : IDisposable
{
    private readonly MockKafka _kafka = MockKafka.Start();
    private readonly KafkaProxy _proxy;

    public LostConnectionTests() => _proxy = new KafkaProxy(_kafka.Brokers);

    public void Dispose()
    {
        _proxy.Dispose();
        _kafka.Dispose();
    }

    private static KafkaBarAddress Topic(string brokers) => KafkaBarAddress.Of(Address.Parse($"kafka://{brokers}/middle"));

    [Fact]
    public async Task Brokers_that_are_lost_in_the_middle_of_a_replay_lose_and_double_nothing_for_its_readers()
    {
        var topic = Topic(_proxy.Brokers);
        var markets = new Markets(("A", RandomBars(1, 4000)), ("B", RandomBars(2, 4000)));
        await using var replay = await BarReplay.OpenAsync(markets, markets.Queries, ReplaySpeed.AsFastAsPossible, TimeProvider.System, 8);
        await using var sink = new KafkaBarSink(topic, Guid.NewGuid());
        Task<List<FeedItem>>? reading = null;
        KafkaBarFeed? feed = null;
        var (published, back) = (0, Task.CompletedTask);
        await foreach (var item in replay.ReadAsync())
        {
            await sink.PublishAsync(replay.Series, item);
            published++;
            if (published == 200)
            {
                feed = await KafkaBarFeed.OpenAsync(topic, markets.Queries);
                reading = Task.Run(() => ReadAsync(feed));
            }
            if (published != 600) continue;
            // They come back while the replay goes on.
            _proxy.Cut();
            back = Task.Run(async () =>
            {
                await Eventually.HoldsAsync(() => _proxy.Refused >= 3);
                _proxy.Restore();
            });
        }
        await back;
        await sink.FlushAsync();
        var items = await reading!;
        var bars = items.Where(i => i.Bars is not null)
            .SelectMany(i => Enumerable.Range(0, i.Bars!.Count).Select(k => (i.Series, i.Bars[k]))).ToList();
        bars.Count.ShouldBe(8000);
        bars.Distinct().Count().ShouldBe(8000);
        bars.Zip(bars.Skip(1)).ShouldAllBe(p => p.First.Item2.Time < p.Second.Item2.Time
            || p.First.Item2.Time == p.Second.Item2.Time && p.First.Series < p.Second.Series);
        foreach (var query in markets.Queries)
        {
            await using var expected = await markets.OpenAsync(query);
            await using var series = await new KafkaBarSource(topic).OpenAsync(query);
            series.ContentHash.ShouldBe(expected.ContentHash);
        }
        await feed!.DisposeAsync();
    }

    [Fact]
    public async Task A_backtest_whose_brokers_are_lost_in_the_middle_of_its_topic_waits_for_them_and_has_the_same_hash()
    {
        // 4 MB in one partition, of which the mock cluster keeps 5, and a request brings 2 at most: the second is in the middle.
        var markets = new Markets(("A", RandomBars(1, 100_000)), ("B", RandomBars(2, 1000)));
        await PublishAsync(Topic(_kafka.Brokers), markets);
        _proxy.HoldAtFetch = 2;
        var source = new KafkaBarSource(Topic(_proxy.Brokers));
        var reading = Task.Run(async () => await source.OpenAsync(markets.Queries[0]));
        await Eventually.HoldsAsync(() => _proxy.IsHeld || reading.IsCompleted);
        _proxy.IsHeld.ShouldBeTrue();
        _proxy.Cut();
        _proxy.Release();
        await Eventually.HoldsAsync(() => _proxy.Refused >= 3);
        _proxy.Restore();
        foreach (var query in markets.Queries)
        {
            await using var expected = await markets.OpenAsync(query);
            await using var series = await (query == markets.Queries[0] ? reading : source.OpenAsync(query).AsTask());
            series.Notes.ShouldBeEmpty();
            (series.Count, series.ContentHash).ShouldBe((expected.Count, expected.ContentHash));
        }
    }

    [Fact]
    public async Task A_backtest_whose_brokers_stay_away_ends_with_a_sentence()
    {
        var markets = new Markets(("A", RandomBars(1, 100_000)));
        await PublishAsync(Topic(_kafka.Brokers), markets);
        _proxy.HoldAtFetch = 2;
        var source = new KafkaBarSource(Topic(_proxy.Brokers)) { SilenceTimeout = TimeSpan.FromSeconds(3) };
        var reading = Task.Run(async () => await source.OpenAsync(markets.Queries[0]));
        (await Should.ThrowAsync<BarStoreException>(() => reading)).Message.ShouldBe(
            $"Kafka at {_proxy.Brokers} has not answered for 3 s in the middle of 'middle'; start it and run again");
    }
}
