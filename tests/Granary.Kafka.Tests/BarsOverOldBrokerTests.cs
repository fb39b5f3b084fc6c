using Granary.Data.Replay;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Kafka.Bars;
using Granary.Testing;

namespace Granary.Kafka.Tests;

/// <summary>Against Kafka 0.9: groups and seeking by offset, no times, headers or administration.</summary>
public sealed class BarsOverOldBrokerTests(BarsOverOldBrokerTests.SharedBroker shared)
    : BarsOverKafkaTests, IAsyncLifetime, IUsesKafkaBroker, IClassFixture<BarsOverOldBrokerTests.SharedBroker>
{
    /// <summary>One broker for all cases, since it takes seconds to start. It starts with the first case that needs it.</summary>
    public sealed class SharedBroker : IAsyncDisposable
    {
        private readonly Lazy<Task<KafkaBroker>> _broker = new(KafkaBroker.StartAsync);

        internal Task<KafkaBroker> StartedAsync => _broker.Value;

        public async ValueTask DisposeAsync()
        {
            if (_broker is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await _broker.Value).DisposeAsync();
        }
    }

    private KafkaBroker _broker = null!;

    protected override (string Brokers, string Options) Kafka => (_broker.Brokers, "broker=0.9");

    protected override bool SeeksByTime => false;

    public async ValueTask InitializeAsync() => _broker = await shared.StartedAsync;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [KafkaFact]
    public async Task A_broker_that_is_restarted_in_the_middle_of_a_replay_loses_and_doubles_nothing_for_its_readers()
    {
        await using var broker = await KafkaBroker.StartAsync();
        var topic = KafkaBarAddress.Parse($"kafka://{broker.Brokers}/restart?broker=0.9");
        var markets = new Markets(("A", Bars(1, 4000)), ("B", Bars(2, 4000)));
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
            await broker.CrashAsync();
            // It comes back while the replay goes on.
            back = broker.StartBrokerAsync();
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

    [KafkaFact]
    public async Task A_broker_that_crashes_in_the_middle_of_a_topic_that_a_backtest_reads_is_waited_for_and_the_hash_is_the_same()
    {
        await using var broker = await KafkaBroker.StartAsync();
        using var proxy = new KafkaProxy(broker.Brokers);
        // 8 MB in one partition, of which a request brings 2 at most: the third is in the middle.
        var markets = new Markets(("A", Bars(1, 200_000)), ("B", Bars(2, 1000)));
        await PublishAsync(KafkaBarAddress.Parse($"kafka://{broker.Brokers}/middle?broker=0.9"), markets);
        proxy.HoldAtFetch = 3;
        var source = new KafkaBarSource(KafkaBarAddress.Parse($"kafka://{proxy.Brokers}/middle?broker=0.9"));
        var reading = Task.Run(async () => await source.OpenAsync(markets.Queries[0]));
        await Eventually.HoldsAsync(() => proxy.IsHeld || reading.IsCompleted);
        proxy.IsHeld.ShouldBeTrue();
        await broker.CrashAsync();
        proxy.Release();
        await broker.StartBrokerAsync();
        foreach (var query in markets.Queries)
        {
            await using var expected = await markets.OpenAsync(query);
            await using var series = await (query == markets.Queries[0] ? reading : source.OpenAsync(query).AsTask());
            (series.Count, series.ContentHash).ShouldBe((expected.Count, expected.ContentHash));
            series.Notes.ShouldBeEmpty();
        }
    }

    [KafkaFact]
    public async Task A_broker_that_does_not_come_back_in_the_middle_of_a_topic_is_a_sentence()
    {
        await using var broker = await KafkaBroker.StartAsync();
        using var proxy = new KafkaProxy(broker.Brokers);
        var markets = new Markets(("A", Bars(1, 200_000)));
        await PublishAsync(KafkaBarAddress.Parse($"kafka://{broker.Brokers}/middle?broker=0.9"), markets);
        proxy.HoldAtFetch = 3;
        var reading = Task.Run(async () =>
            await new KafkaBarSource(KafkaBarAddress.Parse($"kafka://{proxy.Brokers}/middle?broker=0.9"))
            {
                SilenceTimeout =
                TimeSpan.FromSeconds(3)
            }.OpenAsync(markets.Queries[0]));
        (await Should.ThrowAsync<BarStoreException>(() =>
            reading)).Message.ShouldBe($"Kafka at {proxy.Brokers} has not answered for 3 s in the middle of 'middle'; start it and run "
                + $"again");
    }
}
