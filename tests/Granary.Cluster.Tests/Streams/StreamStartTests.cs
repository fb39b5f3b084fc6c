using System.Diagnostics.Metrics;
using Granary.Application.Batches;
using Granary.Application.Jobs;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Tests.Fixtures;
using Granary.Engine.Market;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace Granary.Cluster.Tests.Streams;

/// <summary>How a reader of a stream gets its first blocks, and how it continues without its subscription.</summary>
public sealed class StreamStartTests : IDisposable
{
    private const int BlockSize = 16, Ahead = 8;

    private readonly TestBatches _batches = new();

    public void Dispose() => _batches.Dispose();

    // The content hash of a batch's bars, and the first time of each block.
    private static async Task<(string Hash, List<long> Times)> BlocksOfAsync(string batch)
    {
        var spec = new BatchReader(TestCatalogues.All).Read(batch);
        await using var series = await BatchSources.Open(TestCatalogues.All.Sources, spec.Data)
            .OpenAsync(new BarQuery("COINUSDT", spec.Data.Timeframe, null, null));
        var times = new List<long>();
        await foreach (var block in series.ReadAsync(BlockSize)) times.Add(block.Time[0]);
        return (series.ContentHash, times);
    }

    [Fact]
    public async Task The_first_blocks_of_a_reader_come_in_the_answer_and_the_next_ones_on_the_stream()
    {
        await using var cluster = await TestSilos.StartAsync(1, s => s with { BlockSize = BlockSize, BarsAhead = Ahead * BlockSize });
        var batch = _batches.Write("first", """
            { "name": "first", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross" } ] }
            """);
        var (hash, times) = await BlocksOfAsync(batch);
        var (key, reader) = TestBatches.FeedOf(batch, "COINUSDT");
        var feed = cluster.Grains.GetGrain<ISymbolFeedGrain>(key);
        BlockRequest From(FeedConsumer consumer, long block) => new(consumer.Receiver, block, 3 * Ahead, hash, consumer);

        var first = await feed.PublishAsync(From(reader, 0));
        first.Blocks.Select(b => b.Time[0]).ShouldBe(times.Take(Ahead));
        (await feed.PublishAsync(From(reader, Ahead))).Blocks.ShouldBeEmpty("they are on the stream");
        // The stream has gone on meanwhile: what it had before comes in the answers.
        var late = reader with { Receiver = Guid.NewGuid() };
        var past = await feed.PublishAsync(From(late, 0));
        past.Blocks.Select(b => b.Time[0]).ShouldBe(times.Take(3 * Ahead));
        (await feed.PublishAsync(From(late, 3 * Ahead))).Blocks.Select(b => b.Time[0]).ShouldBe(times.Skip(3 * Ahead).Take(Ahead));
        (await feed.PublishAsync(From(late, 4 * Ahead))).Blocks.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_queue_that_takes_no_block_delays_no_reader_since_the_answers_have_the_blocks()
    {
        var queues = new HungCalls(0, "Enqueue");
        await using var cluster = await TestSilos.StartAsync(1, s => s with { BlockSize = BlockSize, BarsAhead = Ahead * BlockSize },
            silo => silo.AddIncomingGrainCallFilter(queues));
        try
        {
            var batch = _batches.Write("hung", """
                { "name": "hung", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
                  "strategies": [ { "class": "SmaCross", "size": { "percentOfEquity": 50 } } ], "portfolio": { "weights": "equal" } }
                """);
            var (hash, times) = await BlocksOfAsync(batch);
            var (key, reader) = TestBatches.FeedOf(batch, "COINUSDT");
            var feed = cluster.Grains.GetGrain<ISymbolFeedGrain>(key);
            BlockRequest From(long block) => new(reader.Receiver, block, 3 * Ahead, hash, reader);

            (await feed.PublishAsync(From(0))).Blocks.Count.ShouldBe(Ahead);
            var untaken = await feed.PublishAsync(From(Ahead));
            queues.Held.ShouldBe(1);
            untaken.From.ShouldBe(Ahead);
            untaken.Blocks.Select(b => b.Time[0]).ShouldBe(times.Skip(Ahead).Take(3 * Ahead));
            await feed.LeaveAsync(reader.Receiver);

            var status = await cluster.RunAsync(batch);
            status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{TestSilos.Log.Tail}");
            status.Digest.ShouldBe((await _batches.EmbeddedAsync(batch)).Model.Digest);
        }
        finally
        {
            queues.Release();
        }
    }

    [Theory]
    [InlineData(BlockTransport.Stream, false)]
    [InlineData(BlockTransport.Stream, true)]
    [InlineData(BlockTransport.Pull, true)]
    public async Task Bars_of_a_feed_that_does_not_answer_are_read_by_the_silo_that_needs_them_until_it_answers(BlockTransport blocks,
        bool again)
    {
        // Opening a batch and looking at the spacing of its bars ask so often at the most.
        var feeds = new HungCalls(11, nameof(ISymbolFeedGrain.ReadAsync), nameof(ISymbolFeedGrain.PublishAsync));
        await using var cluster = await TestSilos.StartAsync(1,
            s => s with { Blocks = blocks, BlockSize = BlockSize, BarsAhead = Ahead * BlockSize },
            silo => silo.AddIncomingGrainCallFilter(feeds));
        var detours = 0;
        using var counts = new MeterListener();
        foreach (var silo in cluster.Alive)
            counts.EnableMeasurementEvents(cluster.Cluster.GetSiloServiceProvider(silo.SiloAddress)
                .GetRequiredService<ClusterInstruments>().FeedDetours);
        counts.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (!tags.Contains(new KeyValuePair<string, object?>("granary.kind", "read"))) return;
            Interlocked.Increment(ref detours);
            if (again) feeds.Release();
        });
        counts.Start();
        try
        {
            var batch = _batches.Write("unanswered", """
                { "name": "unanswered", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
                  "strategies": [ { "class": "SmaCross", "size": { "percentOfEquity": 50 } } ], "portfolio": { "weights": "equal" } }
                """);
            var status = await cluster.RunAsync(batch);
            status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{TestSilos.Log.Tail}");
            status.Digest.ShouldBe((await _batches.EmbeddedAsync(batch)).Model.Digest);
            feeds.Held.ShouldBePositive();
            detours.ShouldBePositive();
        }
        finally
        {
            feeds.Release();
        }
    }

    [Fact]
    public async Task Strategies_begin_before_a_subscription_that_hangs_is_there()
    {
        var subscriptions = new HungCalls(0, nameof(IFeedReceiverGrain.SubscribeAsync));
        await using var cluster = await TestSilos.StartAsync(1, s => s with { BlockSize = BlockSize, BarsAhead = Ahead * BlockSize },
            silo => silo.AddIncomingGrainCallFilter(subscriptions));
        try
        {
            var batch = _batches.Write("unsubscribed", """
                { "name": "unsubscribed", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
                  "strategies": [ { "class": "SmaCross", "size": { "percentOfEquity": 50 } } ], "portfolio": { "weights": "equal" } }
                """);
            var status = await cluster.RunAsync(batch);
            status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{TestSilos.Log.Tail}");
            status.Digest.ShouldBe((await _batches.EmbeddedAsync(batch)).Model.Digest);
            subscriptions.Held.ShouldBePositive();
        }
        finally
        {
            subscriptions.Release();
        }
    }

    [Fact]
    public async Task A_subscription_that_is_lost_in_the_middle_of_a_run_is_made_again()
    {
        var calls = new FeedCalls();
        await using var cluster = await TestSilos.StartAsync(1, s => s with { BlockSize = BlockSize, BarsAhead = 4 * BlockSize },
            silo => silo.AddIncomingGrainCallFilter(calls));
        var batch = _batches.Write("unsubscribed", """
            { "name": "unsubscribed", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "Dawdler", "params": { "every": 16, "milliseconds": 0, "gateAt": [390, 3000] },
                                "size": { "percentOfEquity": 50 } } ], "portfolio": { "weights": "equal" } }
            """);
        using var early = cluster.Gates.Close(390);
        using var late = cluster.Gates.Close(3000);
        var id = await cluster.SubmitAsync(batch);
        await early.Reached;
        var before = calls.Subscriptions;
        before.ShouldBeGreaterThan(0);
        var silo = cluster.Alive.ShouldHaveSingleItem().SiloAddress.ToParsableString();
        await cluster.Grains.GetGrain<IFeedReceiverGrain>($"{TestBatches.FeedOf(batch, "COINUSDT").Key}|{silo}").UnsubscribeAsync();
        early.Open();
        await late.Reached;
        calls.Subscriptions.ShouldBeGreaterThan(before);
        late.Open();
        var status = await cluster.EndAsync(id);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{TestSilos.Log.Tail}");
        status.Digest.ShouldBe((await _batches.EmbeddedAsync(batch)).Model.Digest);
    }
}
