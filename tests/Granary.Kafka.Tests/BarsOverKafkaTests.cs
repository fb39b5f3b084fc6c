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
        GroupMembers.Flat(items).ShouldBe(GroupMembers.Flat(expected));
        items[^1].Kind.ShouldBe(FeedItemKind.End);
        feed.Notes.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_feed_that_starts_later_has_the_bars_from_there()
    {
        var markets = new Markets(("A", RandomBars(1, 500)), ("B", RandomBars(2, 500)));
        var topic = Topic();
        await PublishAsync(topic, markets, blockSize: 32);
        var from = Start + 333 * TimeSpan.TicksPerMinute;
        await using var feed = await KafkaBarFeed.OpenAsync(topic, [.. markets.Queries.Select(q => q with { From = from })]);
        var bars = GroupMembers.Flat(await ReadAsync(feed));
        bars.Count.ShouldBe(2 * 167);
        bars[0].Item2.Time.ShouldBe(from);
        await using var series = await new KafkaBarSource(topic).OpenAsync(markets.Queries[0] with { From = from });
        series.Count.ShouldBe(167);
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
        GroupMembers.Flat(await ReadAsync(feed)).Select(b => b.Item2).Take(5).ShouldBe(bars[..5]);
        feed.Notes.ShouldContain(n => n.Contains("clock went back (", StringComparison.Ordinal));
        feed.Notes.ShouldContain(n => n.StartsWith("A:1m: ", StringComparison.Ordinal));
    }
}
