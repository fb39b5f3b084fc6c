using System.Text;
using Confluent.Kafka;
using Granary.Data.Reading;
using Granary.Data.Replay;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Kafka.Bars;
using Granary.Storage.Addresses;
using Granary.Testing;
using static Granary.Kafka.Tests.Markets;

namespace Granary.Kafka.Tests;

/// <summary>Bars to topics and back.</summary>
public sealed class BarsOverKafkaTests : IDisposable
{
    private readonly MockKafka _kafka = MockKafka.Start();

    public void Dispose() => _kafka.Dispose();

    private KafkaBarAddress Topic(string options = "") =>
        KafkaBarAddress.Of(Address.Parse(
            $"kafka://{_kafka.Brokers}/t-{Guid.NewGuid():N}?{options}"));

    private static void SendRaw(KafkaBarAddress to, int partition, params byte[][] messages)
    {
        using var producer = to.Endpoint.KeyedProducer(1 << 20);
        foreach (var message in messages)
            producer.Produce(new TopicPartition(to.Topic, partition), new Message<string, byte[]> { Value = message });
        producer.Flush(Eventually.Longest).ShouldBe(0);
    }

    [Theory]
    [InlineData("", 64)]
    [InlineData("form=json", 64)]
    [InlineData("topics=symbol", 64)]
    [InlineData("partitions=1", 1)]
    public async Task A_source_of_a_topic_has_the_bars_and_the_hash_of_what_it_was_filled_from(string options, int blockSize)
    {
        var markets = new Markets(("A", RandomBars(1, 700)), ("B/C.D_E", RandomBars(2, 300, 2)), ("C", RandomBars(3, 500)));
        var topic = Topic(options);
        await PublishAsync(topic, markets, blockSize);
        var source = new KafkaBarSource(topic);
        (await source.ListSymbolsAsync(Timeframe.M1)).ShouldBe(["A", "B/C.D_E", "C"]);
        foreach (var query in markets.Queries)
        {
            await using var expected = await markets.OpenAsync(query);
            await using var series = await source.OpenAsync(query);
            series.ContentHash.ShouldBe(expected.ContentHash);
            series.Instrument.PriceDecimals.ShouldBe(2);
            series.Notes.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_replay_that_was_published_twice_counts_once()
    {
        var markets = new Markets(("A", RandomBars(1, 300)), ("B", RandomBars(2, 300)));
        var topic = Topic();
        await PublishAsync(topic, markets,
            queries: [.. markets.Queries.Select(q => q with { To = Start + 200 * TimeSpan.TicksPerMinute })]);
        await PublishAsync(topic, markets);
        await using var expected = await markets.OpenAsync(markets.Queries[0]);
        await using var series = await new KafkaBarSource(topic).OpenAsync(markets.Queries[0]);
        series.ContentHash.ShouldBe(expected.ContentHash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("group=readers")]
    public async Task A_feed_gives_the_same_items_as_the_replay_itself(string options)
    {
        var markets = new Markets(("A", RandomBars(1, 200)), ("B", RandomBars(2, 60, 3)), ("C", RandomBars(3, 200)));
        await using var replay = await BarReplay.OpenAsync(markets, markets.Queries, ReplaySpeed.AsFastAsPossible, TimeProvider.System);
        var expected = await ReadAsync(replay);
        var topic = Topic(options);
        await PublishAsync(topic, markets);
        await using var feed = await KafkaBarFeed.OpenAsync(topic, markets.Queries);
        feed.Series.Select(s => s.ToString()).ShouldBe(["A:1m", "B:1m", "C:1m"]);
        var items = await ReadAsync(feed);
        Flat(items).ShouldBe(Flat(expected));
        items[^1].Kind.ShouldBe(FeedItemKind.End);
        feed.Notes.ShouldBeEmpty();
    }

    private static List<(int, Bar)> Flat(List<FeedItem> items) =>
        [.. items.Where(i => i.Bars is not null).SelectMany(i => Enumerable.Range(0, i.Bars!.Count).Select(k => (i.Series, i.Bars[k])))];

    [Fact]
    public async Task A_feed_that_starts_later_has_the_bars_from_there()
    {
        var markets = new Markets(("A", RandomBars(1, 500)), ("B", RandomBars(2, 500)));
        var topic = Topic();
        await PublishAsync(topic, markets, blockSize: 32);
        var from = Start + 333 * TimeSpan.TicksPerMinute;
        await using var feed = await KafkaBarFeed.OpenAsync(topic, [.. markets.Queries.Select(q => q with { From = from })]);
        var bars = Flat(await ReadAsync(feed));
        bars.Count.ShouldBe(2 * 167);
        bars[0].Item2.Time.ShouldBe(from);
        await using var series = await new KafkaBarSource(topic).OpenAsync(markets.Queries[0] with { From = from });
        series.Count.ShouldBe(167);
    }

    [Fact]
    public async Task A_member_of_a_group_that_comes_back_goes_on_without_loss_or_double()
    {
        var markets = new Markets(("A", RandomBars(1, 400)), ("B", RandomBars(2, 400)));
        var topic = Topic("group=g&partitions=2");
        var first = new List<(int, Bar)>();
        long reached = 0;
        await PublishAsync(topic, markets, blockSize: 16,
            queries: [.. markets.Queries.Select(q => q with { To = Start + 200 * TimeSpan.TicksPerMinute })]);
        await using (var feed = await KafkaBarFeed.OpenAsync(topic, markets.Queries))
        {
            await foreach (var item in feed.ReadAsync(new CancellationTokenSource(Eventually.Longest).Token))
            {
                first.AddRange(Flat([item]));
                if (item.Kind == FeedItemKind.Heartbeat) reached = item.Time;
                if (reached >= Start + 100 * TimeSpan.TicksPerMinute) break; // ends without a message, as a process that is stopped
            }
        }
        await PublishAsync(topic, markets, blockSize: 16,
            queries: [.. markets.Queries.Select(q => q with { From = Start + 200 * TimeSpan.TicksPerMinute })]);
        var second = new List<(int, Bar)>();
        await using (var feed = await KafkaBarFeed.OpenAsync(topic, [.. markets.Queries.Select(q => q with { From = reached })]))
        {
            // the first session's end marker ends a feed; the next one goes on behind it
            second.AddRange(Flat(await ReadAsync(feed)));
        }
        await using (var feed = await KafkaBarFeed.OpenAsync(topic, [.. markets.Queries.Select(q => q with { From = reached })]))
            second.AddRange(Flat(await ReadAsync(feed)));
        var all = first.Concat(second).ToList();
        all.Count.ShouldBe(800);
        all.Distinct().Count().ShouldBe(800);
    }

    // Takes what a feed returns into a shared list, until it ends or must leave: then without the item that it just received.
    private static Task Member(KafkaBarFeed feed, List<(int, Bar)> bars, CancellationToken leave = default) => Task.Run(async () =>
    {
        using var timeout = new CancellationTokenSource(Eventually.Longest);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, leave);
        await using (feed)
        {
            try
            {
                await foreach (var item in feed.ReadAsync(either.Token))
                {
                    if (leave.IsCancellationRequested) break;
                    lock (bars) bars.AddRange(Flat([item]));
                }
            }
            catch (OperationCanceledException) when (leave.IsCancellationRequested)
            {
                // left while it waited
            }
        }
    });

    // All that was published has been read, and the brokers know it.
    private static async Task Calm(KafkaBarAddress topic)
    {
        using var group = topic.Endpoint.Consumer(topic.Group!);
        var partitions = KafkaBarReader.Partitions(topic, [topic.Topic!]);
        await Eventually.HoldsAsync(() => group.Committed(partitions, Eventually.Longest)
            .All(c => c.Offset.Value == group.QueryWatermarkOffsets(c.TopicPartition, Eventually.Longest).High.Value));
    }

    private static int Count(List<(int, Bar)> bars)
    {
        lock (bars) return bars.Count;
    }

    [Fact]
    public async Task Members_of_a_group_share_the_partitions_and_when_one_joins_or_leaves_each_bar_has_come_to_one_of_them()
    {
        const int each = 240;
        var markets = new Markets([.. Enumerable.Range(0, 8).Select(i => ("S" + i, RandomBars(i, each)))]);
        var topic = Topic("group=members");
        await using var replay = await BarReplay.OpenAsync(markets, markets.Queries, ReplaySpeed.AsFastAsPossible, TimeProvider.System);
        await using var sink = new KafkaBarSink(topic, Guid.NewGuid());
        await using var items = replay.ReadAsync().GetAsyncEnumerator();
        async Task Publish(long until)
        {
            while (await items.MoveNextAsync())
            {
                await sink.PublishAsync(replay.Series, items.Current);
                if (items.Current.Kind == FeedItemKind.Heartbeat && items.Current.Time >= Start + until * TimeSpan.TicksPerMinute) break;
            }
            await sink.FlushAsync();
        }
        await Publish(60);
        List<(int, Bar)> first = [], second = [], third = [];
        var a = await KafkaBarFeed.OpenAsync(topic, markets.Queries);
        using var leave = new CancellationTokenSource();
        var readingA = Member(a, first, leave.Token);
        await Eventually.HoldsAsync(() => Count(first) >= 8 * 60);
        // One joins. The mock cluster accepts no positions while it deals partitions, so all that was published must have been read.
        await Calm(topic);
        var b = await KafkaBarFeed.OpenAsync(topic, markets.Queries);
        var readingB = Member(b, second);
        await Eventually.HoldsAsync(() => a.Partitions is > 0 and < MockKafka.Partitions
            && a.Partitions + b.Partitions == MockKafka.Partitions);
        await Publish(180);
        // one leaves, and another comes
        await Calm(topic);
        await leave.CancelAsync();
        await readingA;
        await Eventually.HoldsAsync(() => b.Partitions == MockKafka.Partitions);
        await Calm(topic);
        var c = await KafkaBarFeed.OpenAsync(topic, markets.Queries);
        var readingC = Member(c, third);
        await Eventually.HoldsAsync(() => c.Partitions > 0 && b.Partitions + c.Partitions == MockKafka.Partitions);
        await Publish(1000);
        await Task.WhenAll(readingB, readingC);
        first.Count.ShouldBeGreaterThan(8 * 60);
        second.ShouldNotBeEmpty();
        third.ShouldNotBeEmpty();
        (int, Bar)[] all = [.. first, .. second, .. third];
        all.Distinct().Count().ShouldBe(8 * each);
        all.Length.ShouldBe(8 * each);
        foreach (var member in new[] { first, second, third })
            foreach (var market in member.GroupBy(m => m.Item1))
                market.Zip(market.Skip(1)).ShouldAllBe(p => p.First.Item2.Time < p.Second.Item2.Time);
    }

    [Fact]
    public async Task Members_end_with_the_replay_also_those_that_have_no_partition_or_get_one_that_another_has_read_to_its_end()
    {
        const int members = MockKafka.Partitions + 1;
        var markets = new Markets([.. Enumerable.Range(0, 8).Select(i => ("S" + i, RandomBars(i, 40)))]);
        var topic = Topic("group=ends");
        await using var replay = await BarReplay.OpenAsync(markets, markets.Queries, ReplaySpeed.AsFastAsPossible, TimeProvider.System, 8);
        await using var sink = new KafkaBarSink(topic, Guid.NewGuid());
        await using var items = replay.ReadAsync().GetAsyncEnumerator();
        do
        {
            await items.MoveNextAsync();
            await sink.PublishAsync(replay.Series, items.Current);
        }
        while (items.Current.Kind != FeedItemKind.Heartbeat);
        await sink.FlushAsync();
        List<(int, Bar)> bars = [];
        var feeds = new List<KafkaBarFeed>();
        var reading = new List<Task>();
        for (var i = 0; i < members; i++)
        {
            feeds.Add(await KafkaBarFeed.OpenAsync(topic, markets.Queries));
            if (i > 0) await Calm(topic);
            reading.Add(Member(feeds[i], bars));
            await Eventually.HoldsAsync(() => feeds.TrueForAll(f => f.Assignments > 0)
                && feeds.Sum(f => f.Partitions) == MockKafka.Partitions);
        }
        feeds.Count(f => f.Partitions == 0).ShouldBe(1);
        while (await items.MoveNextAsync()) await sink.PublishAsync(replay.Series, items.Current);
        await sink.FlushAsync();
        await Task.WhenAll(reading);
        bars.Distinct().Count().ShouldBe(8 * 40);
        // The mock cluster accepts no positions while it deals partitions: one that left at the end may have made others read a bar again.
    }

    [Fact]
    public async Task A_broken_message_is_set_aside_with_its_offset_and_counted_and_the_rest_is_read()
    {
        var markets = new Markets(("A", RandomBars(1, 100)));
        var topic = Topic("partitions=1");
        await PublishAsync(topic, markets, queries: [.. markets.Queries.Select(q => q with { To = Start + 50 * TimeSpan.TicksPerMinute })]);
        var whole = BarMessageCodec.ToBytes(new BarMessage(FeedItemKind.Bars, Guid.NewGuid(),
            new MarketSeries(new Instrument { Symbol = "A" }, Timeframe.M1), BarBlock.FromBars(0, RandomBars(1, 3)),
            Start + 3 * TimeSpan.TicksPerMinute), new());
        SendRaw(topic, 0, "{\"hello\":\"world\"}"u8.ToArray(), whole[..^20], []);
        await PublishAsync(topic, markets,
            queries: [.. markets.Queries.Select(q => q with { From = Start + 50 * TimeSpan.TicksPerMinute })]);
        await using var series = await new KafkaBarSource(topic).OpenAsync(markets.Queries[0]);
        series.Count.ShouldBe(100);
        series.Notes.Single().ShouldContain("3 messages without bars were set aside");
        series.Notes.Single().ShouldContain("partition 0, offset");
        series.Notes.Single().ShouldContain("it is cut off");
        using var consumer = topic.Endpoint.Consumer("look");
        var kept = new List<string>();
        var partitions = KafkaBarReader.Partitions(topic, [topic.Topic + ".set-aside"]);
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
        for (var i = 0; i < 100 && kept.Count < 3; i++)
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } result)
                kept.Add(Encoding.UTF8.GetString(result.Message.Value));
        kept.Count.ShouldBe(3);
        var cut = Convert.ToBase64String(whole[..^20]);
        kept.ShouldContain(k => System.Text.Json.JsonDocument.Parse(k, default).RootElement.GetProperty("bytes").GetString() == cut);
    }

    [Fact]
    public async Task A_topic_of_foreign_messages_is_a_sentence()
    {
        var topic = Topic("partitions=1");
        SendRaw(topic, 0, "a"u8.ToArray(), "b"u8.ToArray());
        (await Should.ThrowAsync<BarDataException>(async () => await new KafkaBarSource(topic).OpenAsync(new BarQuery("A",
            Timeframe.M1)))).Message
            .ShouldContain("holds no bars: the first of its 2 messages is at partition 0, offset 0: it is not a bar message of "
                + "Granary;");
        (await Should.ThrowAsync<BarDataException>(() => KafkaBarFeed.OpenAsync(topic, [new BarQuery("A", Timeframe.M1)]))).Message
            .ShouldContain("holds no bars: the first of its 2 messages is at partition 0, offset 0: it is not a bar message of "
                + "Granary;");
    }

    [Fact]
    public async Task A_symbol_that_is_not_in_the_topic_is_a_sentence()
    {
        var markets = new Markets(("ALPHA", RandomBars(1, 10)));
        var topic = Topic();
        await PublishAsync(topic, markets);
        (await Should.ThrowAsync<BarDataException>(async () => await new KafkaBarSource(topic).OpenAsync(new BarQuery("ALPHB",
            Timeframe.M1)))).Message.ShouldEndWith("has no 1m bars of 'ALPHB'; it has ALPHA");
        (await Should.ThrowAsync<BarDataException>(() => KafkaBarFeed.OpenAsync(topic,
            [new BarQuery("ALPHB", Timeframe.M1)]))).Message.ShouldContain("has no 1m bars of 'ALPHB'; it has ALPHA:1m");
    }

    [Fact]
    public async Task A_clock_that_goes_back_is_noted_and_what_was_passed_stays_passed()
    {
        var market = new MarketSeries(new Instrument { Symbol = "A" }, Timeframe.M1);
        var topic = Topic("partitions=1");
        var bars = RandomBars(1, 6);
        await using (var sink = new KafkaBarSink(topic, Guid.NewGuid()))
        {
            async Task Bar(int i) =>
                await sink.PublishAsync([market], FeedItem.Of(0, BarBlock.FromBars(i, [bars[i]]), bars[i].Time + TimeSpan.TicksPerMinute));
            async Task Beat(int i) => await sink.PublishAsync([market], FeedItem.Heartbeat(Start + i * TimeSpan.TicksPerMinute));
            for (var i = 0; i < 4; i++)
            {
                await Bar(i);
                await Beat(i + 1);
            }
            await Beat(2); // back
            await Bar(2); // again
            await Bar(4);
            await Beat(6);
            await Bar(5); // after its time
            await sink.PublishAsync([market], FeedItem.End(Start));
            await sink.FlushAsync();
        }
        await using var feed = await KafkaBarFeed.OpenAsync(topic, [new BarQuery("A", Timeframe.M1)]);
        // Where the topic has several partitions the last bar may be read before all of them have passed its time: then it is in time.
        Flat(await ReadAsync(feed)).Select(b => b.Item2).Take(5).ShouldBe(bars[..5]);
        feed.Notes.ShouldContain(n => n.Contains("clock went back (", StringComparison.Ordinal));
        feed.Notes.ShouldContain(n => n.StartsWith("A:1m: ", StringComparison.Ordinal));
    }
}
