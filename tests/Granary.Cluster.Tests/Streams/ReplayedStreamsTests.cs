using System.Diagnostics.Metrics;
using Granary.Cluster.Batches;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains;
using Granary.Cluster.Grains.Feeds;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Engine.Market;
using Granary.Engine.Strategies.Library;
using Granary.Simulation.Batches;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Streams;

namespace Granary.Cluster.Tests.Streams;

/// <summary>How bars come from a feed to the strategies of several silos.</summary>
[Collection<SmallBlocks>]
public sealed class ReplayedStreamsTests(SmallBlocks.Cluster shared)
{
    private const int BlockSize = SmallBlocks.BlockSize;

    private readonly TestBatches _batches = shared.Batches;

    private async Task SameAsync(TestSilos cluster, string batch)
    {
        var status = await cluster.RunAsync(batch);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        status.Digest.ShouldBe((await _batches.EmbeddedAsync(batch)).Model.Digest);
    }

    [Fact]
    public async Task Over_Kafka_the_digest_is_that_of_the_embedded_host()
    {
        using var kafka = MockKafka.Start();
        await using var cluster = await TestSilos.StartAsync(2, streams: silo => silo.AddKafkaStreams(ClusterProviders.Blocks, o =>
        {
            o.Endpoint = kafka.Endpoint;
            o.Topic = "blocks";
            o.Queues = MockKafka.Partitions;
        }));
        string[] batches = [_batches.Mixed, _batches.Joined];
        // The quickstart differs from them in its size alone.
        if (TestEffort.IsLong) batches = [.. batches, TestBatches.Quickstart];
        foreach (var batch in batches) await SameAsync(cluster, batch);
    }

    [LongFact(nameof(Batches.SameDigestEverywhereTests))]
    public async Task Over_memory_streams_the_digest_is_that_of_the_embedded_host_also_with_small_blocks()
    {
        await using var cluster = await TestSilos.StartAsync(2, s => s with { BlockSize = 64 });
        foreach (var batch in new[] { _batches.Mixed, _batches.Joined }) await SameAsync(cluster, batch);
    }

    [Fact]
    public async Task Each_silo_receives_each_block_of_a_feed_once_however_many_strategies_it_has()
    {
        await using var cluster = await TestSilos.StartAsync(2, s => s with { BlockSize = 256 });
        var arrived = cluster.Alive.ToDictionary(s => s.SiloAddress, _ => 0);
        using var listener = Blocks(cluster, (silo, change) =>
        {
            if (change > 0) lock (arrived) arrived[silo] += (int)change;
        });
        var batch = _batches.Write("many-of-one", """
            { "name": "many-of-one", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 5, 8, 10, 12, 15, 18, 20, 25, 30], "slow":
                [40, 50, 60, 70, 80, 90, 100, 120, 140, 160] }, "size": { "percentOfEquity": 50 } } ],
              "portfolio": { "weights": "equal" }, "outputs": ["results"] }
            """);
        var status = await cluster.RunAsync(batch);
        status.Progress.Strategies.ShouldBe(100);
        var blocks = (4344 + 255) / 256;
        // Results only, so one pass; the second one over the weighted strategies is for their events. The other silo also makes the report.
        var home = await cluster.Grains.GetGrain<IManagementGrain>(0)
            .GetActivationAddress(cluster.Grains.GetGrain<IReportingGrain>(status.Id));
        var (silo, count) = arrived.Single(a => !a.Key.Equals(home));
        (count == blocks || count == 2 * blocks).ShouldBeTrue($"{count} on {silo}");
    }

    [Fact]
    public async Task A_slow_strategy_holds_its_feed_back_and_no_queue_grows()
    {
        const int ahead = 8;
        await using var cluster = await TestSilos.StartAsync(1,
            s => s with { BlockSize = BlockSize, BarsAhead = ahead * BlockSize });
        long held = 0, most = 0;
        using var listener = Blocks(cluster, (_, change) => most = Math.Max(most, Interlocked.Add(ref held, change)));
        var batch = _batches.Write("slow-one", """
            { "name": "slow-one", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "Dawdler", "params": { "every": 16, "milliseconds": 3 }, "size": { "percentOfEquity": 50 } } ],
              "portfolio": { "weights": "equal" }, "outputs": ["results"] }
            """);
        await SameAsync(cluster, batch);
        most.ShouldBeInRange(1, 2 * 4 * ahead, "of 272 blocks, in the windows of the strategies and of the report");
        held.ShouldBe(0);
    }

    [Fact]
    public async Task Who_comes_late_or_asks_twice_gets_what_it_missed_from_the_feed()
    {
        var cluster = shared.Silos;
        var batch = _batches.Write("long", """
            { "name": "long", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "Dawdler", "params": { "every": 1, "milliseconds": 2 } } ] }
            """);
        var id = await cluster.SubmitAsync(batch);
        await cluster.UntilAsync(id, s => s.Progress.Bars > 100 * BlockSize);
        var spec = new BatchReader(TestCatalogues.All).Read(batch);
        await using var series = await BatchSources.Open(TestCatalogues.All, spec.Data)
            .OpenAsync(new BarQuery("COINUSDT", spec.Data.Timeframe, null, null));
        var times = new List<long>();
        await foreach (var block in series.ReadAsync(BlockSize)) times.Add(block.Time[0]);

        var (key, reader) = TestBatches.FeedOf(batch, "COINUSDT");
        var feed = cluster.Grains.GetGrain<ISymbolFeedGrain>(key);
        var late = reader with { Receiver = Guid.NewGuid() };
        foreach (var from in new[] { 0, 5, 100, 100, 3, 260 })
        {
            var batchOf = await feed.ReadAsync(new BlockRequest(late, from, 8, series.ContentHash));
            batchOf.Fault.ShouldBeNull();
            batchOf.Blocks.Select(b => b.Time[0]).ShouldBe(times.Skip(from).Take(8));
        }
        (await feed.ReadAsync(new BlockRequest(late, times.Count - 3, 8,
            series.ContentHash))).Last.ShouldBeTrue("the end comes with the last blocks");
        (await feed.ReadAsync(new BlockRequest(reader, 0, 8, series.ContentHash))).Blocks.Count.ShouldBe(8);
        await cluster.Batches.CancelAsync(id);
    }

    [Fact]
    public async Task A_factor_is_computed_once_on_each_silo_however_many_strategies_ask_for_it()
    {
        var cluster = shared.Silos;
        var batch = _batches.Write("counted", $$"""
            { "name": "counted", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "Counting", "params": { "variant": [{{string.Join(',', Enumerable.Range(1, 100))}}] },
                "size": { "percentOfEquity": 50 } } ],
              "portfolio": { "weights": "equal" }, "outputs": ["results"] }
            """);
        using var kernels = new CounterSum(Counted.Meter, Counted.Counter);
        var status = await cluster.RunAsync(batch);
        status.Progress.Strategies.ShouldBe(100);
        // Two silos: the sweep, the weighted ones once more, the look-ahead check's true bars and two futures of each of its cuts, the one
        // with stressed costs.
        kernels.Sum.ShouldBeInRange(2, 2 * (1 + 1 + 1 + 2 * 12 + 1));
    }

    [Fact]
    public async Task On_its_own_silo_a_feed_gives_the_very_blocks_and_to_others_copies_of_them()
    {
        var cluster = shared.Silos;
        var batch = _batches.Write("by-reference", """
            { "name": "by-reference", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "Dawdler", "params": { "every": 1, "milliseconds": 1, "gateAt": 20 } } ] }
            """);
        using var gate = cluster.Gates.Close(20);
        var id = await cluster.SubmitAsync(batch);
        await gate.Reached;
        var spec = new BatchReader(TestCatalogues.All).Read(batch);
        await using var series = await BatchSources.Open(TestCatalogues.All, spec.Data)
            .OpenAsync(new BarQuery("COINUSDT", spec.Data.Timeframe, null, null));
        var (key, reader) = TestBatches.FeedOf(batch, "COINUSDT");
        var home = await cluster.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(cluster.Grains.GetGrain<ISymbolFeedGrain>(key));
        Dictionary<bool, List<BarBlock>> blocks = new() { [true] = [], [false] = [] };
        foreach (var silo in cluster.Alive)
            for (var i = 0; i < 2; i++)
            {
                var grains = cluster.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<IGrainFactory>();
                blocks[silo.SiloAddress.Equals(home)].Add((await grains.GetGrain<ISymbolFeedGrain>(key)
                    .ReadAsync(new BlockRequest(reader with { Receiver = Guid.NewGuid() }, 1, 1, series.ContentHash))).Blocks.Single());
            }
        blocks[true][0].ShouldBeSameAs(blocks[true][1]);
        blocks[false][0].ShouldNotBeSameAs(blocks[false][1]);
        foreach (var copy in blocks[false])
            for (var i = 0; i < BlockSize; i++) copy[i].ShouldBe(blocks[true][0][i]);
        await cluster.Batches.CancelAsync(id);
    }

    [Fact]
    public async Task Blocks_that_come_twice_and_in_disorder_change_nothing()
    {
        var cluster = shared.Silos;
        var batch = _batches.Write("echoed", """
            { "name": "echoed", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "Dawdler", "params": { "every": 100000, "variant": [1, 2], "gateAt": 390 },
                "size": { "percentOfEquity": 50 } } ], "portfolio": { "weights": "equal" } }
            """);
        var spec = new BatchReader(TestCatalogues.All).Read(batch);
        await using var series = await BatchSources.Open(TestCatalogues.All, spec.Data)
            .OpenAsync(new BarQuery("COINUSDT", spec.Data.Timeframe, null, null));
        var messages = new List<BlockMessage>();
        await foreach (var block in series.ReadAsync(BlockSize)) messages.Add(new BlockMessage(messages.Count, block, false));
        messages[^1] = messages[^1] with { Last = true };
        new Random(5).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(messages));

        using var gate = cluster.Gates.Close(390);
        var id = await cluster.SubmitAsync(batch);
        await gate.Reached;
        await cluster.Grains.GetGrain<IEcho>(0).RepeatAsync(TestBatches.FeedOf(batch, "COINUSDT").Key, messages);
        gate.Open();
        var status = await cluster.EndAsync(id);
        status.Digest.ShouldBe((await _batches.EmbeddedAsync(batch)).Model.Digest, cluster.Log.Text);
    }

    [Fact]
    public async Task A_fault_of_the_source_ends_the_batch_with_its_sentence()
    {
        var cluster = shared.Silos;
        var batch = _batches.Write("faulty", """
            { "name": "faulty", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ { "class": "Dawdler", "params": { "every": 1, "milliseconds": 1, "variant": [1, 2], "gateAt": 300 } } ] }
            """);
        using var gate = cluster.Gates.Close(300);
        var id = await cluster.SubmitAsync(batch);
        await gate.Reached;
        shared.Feeds.Fault = "the disk with COINUSDT was pulled out";
        try
        {
            gate.Open();
            var status = await cluster.EndAsync(id);
            status.State.ShouldBe(JobState.Failed);
            status.Fault.ShouldBe("the disk with COINUSDT was pulled out");
        }
        finally
        {
            shared.Feeds.Fault = null;
        }
    }

    // What the silos of this cluster hold of blocks, change by change.
    private static MeterListener Blocks(TestSilos cluster, Action<Orleans.Runtime.SiloAddress, long> changed)
    {
        var meters = cluster.Alive.ToDictionary(s =>
            (System.Diagnostics.Metrics.Instrument)cluster.Cluster.GetSiloServiceProvider(s.SiloAddress)
                .GetRequiredService<ClusterInstruments>().BlocksInFlight, s => s.SiloAddress);
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (meters.ContainsKey(instrument)) l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, change, _, _) => changed(meters[instrument], change));
        listener.Start();
        return listener;
    }
}

[Alias("test.IEcho")]
internal interface IEcho : IGrainWithIntegerKey
{
    /// <summary>Publishes blocks on the stream of a feed, as a provider does that delivers more than once.</summary>
    [Alias("Repeat")]
    Task RepeatAsync(string feed, [Immutable] List<BlockMessage> messages);
}

internal sealed class Echo : Grain, IEcho
{
    public async Task RepeatAsync(string feed, List<BlockMessage> messages)
    {
        var stream = this.GetStreamProvider(ClusterProviders.Blocks).GetStream<BlockMessage>(FeedStream.Of(feed));
        foreach (var message in messages) await stream.OnNextAsync(message);
    }
}
