using System.Diagnostics.Metrics;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Tests.Fixtures;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Testing;
using Orleans.Streams.Core;

namespace Granary.Cluster.Tests.Streams;

/// <summary>How the readers of a silo get the blocks of a feed that is on another silo.</summary>
[Collection<SmallBlocks>]
public sealed class FeedWindowsTests : IDisposable
{
    private const int BlockSize = SmallBlocks.BlockSize, Ahead = SmallBlocks.Ahead;
    private const string Symbol = "COINUSDT";

    // The feeds of a test are its own, by the folder of its bars.
    private readonly TestBatches _batches = new();
    private readonly SmallBlocks.Cluster _shared;
    private readonly string _batch;
    private readonly DataSpec _data;
    private readonly string _key;

    public FeedWindowsTests(SmallBlocks.Cluster shared)
    {
        _shared = shared;
        _batch = _batches.Write("windows", """
            { "name": "windows", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross" } ] }
            """);
        _data = new BatchReader(TestCatalogues.All).Read(_batch).Data;
        _key = TestBatches.FeedOf(_batch, Symbol).Key;
    }

    public void Dispose() => _batches.Dispose();

    // The first silo opens the feed, and so has it.
    private ValueTask<IBarSeries> OpenAsync(TestSilos cluster, int silo) => cluster.ServiceOf<FeedSources>(cluster.Alive[silo])
        .Open("test", _data).OpenAsync(new BarQuery(Symbol, _data.Timeframe, null, null));

    private async Task<List<BarBlock>> WholeAsync()
    {
        var whole = new List<BarBlock>();
        await using var series = await BatchSources.Open(TestCatalogues.All, _data)
            .OpenAsync(new BarQuery(Symbol, _data.Timeframe, null, null));
        await foreach (var block in series.ReadAsync(BlockSize)) whole.Add(block);
        return whole;
    }

    private static void ShouldBe(BarBlock block, BarBlock expected)
    {
        block.FirstIndex.ShouldBe(expected.FirstIndex);
        block.Time.ToArray().ShouldBe(expected.Time.ToArray());
        block.Close.ToArray().ShouldBe(expected.Close.ToArray());
    }

    // The reader takes the blocks up to a number.
    private static async Task TakeAsync(IAsyncEnumerator<BarBlock> reader, List<BarBlock> whole, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            (await reader.MoveNextAsync()).ShouldBeTrue();
            ShouldBe(reader.Current, whole[i]);
        }
        if (to == whole.Count) (await reader.MoveNextAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_block_is_published_once_and_the_answer_has_the_numbers_that_the_stream_has()
    {
        var cluster = _shared.Silos;
        var whole = await WholeAsync();
        await using var series = await OpenAsync(cluster, 0);
        var reader = TestBatches.FeedOf(_batch, Symbol).Reader;
        var feed = cluster.Grains.GetGrain<ISymbolFeedGrain>(_key);
        BlockRequest From(long block) => new(reader, block, 24, series.ContentHash);

        (await feed.PublishAsync(From(0))).ShouldBe(new PublishedBlocks(0, 24, false));
        (await feed.PublishAsync(From(8))).ShouldBe(new PublishedBlocks(24, 32, false));
        (await feed.PublishAsync(From(0))).ShouldBe(new PublishedBlocks(32, 32, false));
        var past = await feed.ReadAsync(From(0));
        (past.Blocks.Count, past.Last, past.Published).ShouldBe((24, false, 32));
        ShouldBe(past.Blocks[23], whole[23]);
        (await feed.PublishAsync(From(whole.Count - 8))).ShouldBe(new PublishedBlocks(whole.Count - 8, whole.Count, true));
        (await feed.ReadAsync(From(whole.Count - 24))).Last.ShouldBeTrue("the end comes with the last blocks");
    }

    [Fact]
    public async Task A_block_that_comes_on_the_stream_is_not_requested()
    {
        var (cluster, calls) = (_shared.Silos, _shared.Feeds);
        calls.Clear();
        var whole = await WholeAsync();
        await using var home = await OpenAsync(cluster, 0);
        await using var series = await OpenAsync(cluster, 1);
        long waiting = 0;
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<long>((_, n, _, _) => Interlocked.Add(ref waiting, n));
        listener.EnableMeasurementEvents(cluster.ServiceOf<ClusterInstruments>(cluster.Alive[1]).BlocksInFlight);
        listener.Start();
        await using var reader = series.ReadAsync(BlockSize).GetAsyncEnumerator();
        var feed = cluster.Grains.GetGrain<ISymbolFeedGrain>(_key);
        BlockRequest To(int end) => new(TestBatches.FeedOf(_batch, Symbol).Reader, 0, end, series.ContentHash);
        var now = -1;
        do await TakeAsync(reader, whole, now + 1, ++now + 1);
        while ((await feed.ReadAsync(To(1))).Published == 0);
        // The window has subscribed; of itself it has the stream go on to three requests before its reader.
        (await feed.PublishAsync(To(now + 4 * Ahead))).End.ShouldBe(now + 4 * Ahead);
        await Eventually.HoldsAsync(() => Interlocked.Read(ref waiting) == 4 * Ahead);
        await TakeAsync(reader, whole, now + 1, whole.Count);
        calls.Requests.ShouldNotContain(r => r.From + r.Count > now + 4 * Ahead - 1 && r.From < now + 4 * Ahead);
    }

    [Fact]
    public async Task Readers_of_a_silo_share_the_blocks_that_came_once_and_who_lags_gets_all_too()
    {
        var cluster = _shared.Silos;
        var whole = await WholeAsync();
        await using var home = await OpenAsync(cluster, 0);
        await using var series = await OpenAsync(cluster, 1);
        await using var slow = series.ReadAsync(BlockSize).GetAsyncEnumerator();
        await using var fast = series.ReadAsync(BlockSize).GetAsyncEnumerator();
        for (var i = 0; i < 20; i++)
        {
            await TakeAsync(fast, whole, i, i + 1);
            await TakeAsync(slow, whole, i, i + 1);
            slow.Current.ShouldBeSameAs(fast.Current);
        }
        await TakeAsync(fast, whole, 20, whole.Count);
        await TakeAsync(slow, whole, 20, whole.Count);
    }

    [Fact]
    public async Task On_the_silo_of_the_feed_readers_get_its_very_blocks_without_a_stream()
    {
        var cluster = _shared.Silos;
        var whole = await WholeAsync();
        await using var series = await OpenAsync(cluster, 0);
        await using var reader = series.ReadAsync(BlockSize).GetAsyncEnumerator();
        await TakeAsync(reader, whole, 0, 100);
        var feed = cluster.ServiceOf<IGrainFactory>(cluster.Alive[0]).GetGrain<ISymbolFeedGrain>(_key);
        var own = await feed.ReadAsync(new BlockRequest(TestBatches.FeedOf(_batch, Symbol).Reader, 99, 1, series.ContentHash));
        own.Blocks.ShouldHaveSingleItem().ShouldBeSameAs(reader.Current);
        own.Published.ShouldBe(0);
        await TakeAsync(reader, whole, 100, whole.Count);
    }

    [Fact]
    public async Task A_queue_that_takes_no_block_delays_no_reader_since_the_blocks_are_requested()
    {
        var (cluster, queues) = (_shared.Silos, _shared.Queues);
        queues.Hang();
        try
        {
            var whole = await WholeAsync();
            await using var home = await OpenAsync(cluster, 0);
            await using var series = await OpenAsync(cluster, 1);
            await using var reader = series.ReadAsync(BlockSize).GetAsyncEnumerator();
            await TakeAsync(reader, whole, 0, 30);
            await SubscribedAsync(cluster);
            await TakeAsync(reader, whole, 30, whole.Count);
            queues.Held.ShouldBePositive();
        }
        finally
        {
            queues.Release();
        }
    }

    [LongFact(nameof(A_queue_that_takes_no_block_delays_no_reader_since_the_blocks_are_requested))]
    public async Task When_the_broker_of_the_stream_is_killed_the_blocks_are_requested()
    {
        var kafka = MockKafka.Start();
        await using var cluster = await TestSilos.StartAsync(2, s => s with { BlockSize = BlockSize, BarsAhead = Ahead * BlockSize },
            streams: silo => silo.AddKafkaStreams(ClusterProviders.Blocks,
                o => (o.Endpoint, o.Topic, o.Queues) = (kafka.Endpoint, "blocks", MockKafka.Partitions)));
        var whole = await WholeAsync();
        await using var home = await OpenAsync(cluster, 0);
        await using var series = await OpenAsync(cluster, 1);
        await using var reader = series.ReadAsync(BlockSize).GetAsyncEnumerator();
        await TakeAsync(reader, whole, 0, 30);
        await SubscribedAsync(cluster);
        await TakeAsync(reader, whole, 30, 100);
        kafka.Dispose();
        await TakeAsync(reader, whole, 100, whole.Count);
    }

    [Fact]
    public async Task Blocks_are_requested_while_a_subscription_hangs()
    {
        var (cluster, subscriptions) = (_shared.Silos, _shared.Subscriptions);
        subscriptions.Hang();
        try
        {
            var whole = await WholeAsync();
            await using var home = await OpenAsync(cluster, 0);
            await using var series = await OpenAsync(cluster, 1);
            await using var reader = series.ReadAsync(BlockSize).GetAsyncEnumerator();
            await TakeAsync(reader, whole, 0, 30);
            await Eventually.HoldsAsync(() => subscriptions.Held > 0);
            await TakeAsync(reader, whole, 30, whole.Count);
        }
        finally
        {
            subscriptions.Release();
        }
    }

    [Fact]
    public async Task A_subscription_that_is_lost_in_the_middle_of_a_run_is_made_again()
    {
        var cluster = _shared.Silos;
        var whole = await WholeAsync();
        await using var home = await OpenAsync(cluster, 0);
        await using var series = await OpenAsync(cluster, 1);
        await using var reader = series.ReadAsync(BlockSize).GetAsyncEnumerator();
        await TakeAsync(reader, whole, 0, 30);
        var lost = await SubscribedAsync(cluster);
        var manager = Manager(cluster);
        await manager.RemoveSubscription(ClusterProviders.Blocks, FeedStream.Of(_key), lost);
        // The window notices it at the first block that the feed promises and that does not arrive. The feed promises none for five seconds
        // after its queue was slow, and a window that is late looks each 0.3 s, so the reader must not run to the end meanwhile.
        var at = 30;
        Guid? again = null;
        while (again is null && at < whole.Count)
        {
            await TakeAsync(reader, whole, at, ++at);
            for (var i = 0; i < 25 && (again = await FindAsync(cluster)) is null; i++)
                await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        again.ShouldNotBeNull().ShouldNotBe(lost);
        if (at < whole.Count) await TakeAsync(reader, whole, at, whole.Count);
    }

    private static IStreamSubscriptionManager Manager(TestSilos cluster) =>
        cluster.ServiceOf<IStreamSubscriptionManagerAdmin>(cluster.Alive[0])
            .GetStreamSubscriptionManager(StreamSubscriptionManagerType.ExplicitSubscribeOnly);

    private async Task<Guid> SubscribedAsync(TestSilos cluster)
    {
        Guid? found = null;
        await Eventually.HoldsAsync(async () => (found = await FindAsync(cluster)) is not null);
        return found!.Value;
    }

    private async Task<Guid?> FindAsync(TestSilos cluster)
    {
        var all = (await Manager(cluster).GetSubscriptions(ClusterProviders.Blocks, FeedStream.Of(_key))).ToList();
        return all.Count == 1 ? all[0].SubscriptionId : null;
    }
}
