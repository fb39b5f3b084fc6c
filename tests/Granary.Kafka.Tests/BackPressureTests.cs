using Confluent.Kafka;
using Granary.Data.Replay;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Kafka.Bars;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Kafka.Tests;

/// <summary>Both sides wait where the other is slower, and what waits is bounded.</summary>
public sealed class BackPressureTests : IDisposable
{
    private static readonly long Start = new DateTime(2024, 3, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
    private static readonly MarketSeries A = new(new Instrument { Symbol = "A" }, Timeframe.M1),
        B = new(new Instrument { Symbol = "B" }, Timeframe.M1);

    private readonly MockKafka _kafka = MockKafka.Start();
    private readonly KafkaProxy _proxy;

    public BackPressureTests() => _proxy = new KafkaProxy(_kafka.Brokers);

    public void Dispose()
    {
        _proxy.Dispose();
        _kafka.Dispose();
    }

    private KafkaBarAddress Topic(string options = "") => KafkaBarAddress.Of(Address
        .Parse($"kafka://{_proxy.Brokers}/t{Guid.NewGuid():N}?{options}"));

    private static BarBlock Block(long first, int count)
    {
        var bars = new Bar[count];
        for (var i = 0; i < count; i++) bars[i] = new Bar(Start + (first + i) * TimeSpan.TicksPerMinute, 10, 11, 9, 10, first + i);
        return BarBlock.FromBars(first, bars);
    }

    private static byte[] Bytes(Guid replay, FeedItemKind kind, MarketSeries? market, BarBlock? bars, long time) =>
        BarMessageCodec.ToBytes(new BarMessage(kind, replay, market, bars, time), new());

    [Fact]
    public async Task A_replay_that_is_faster_than_the_brokers_waits_and_loses_nothing()
    {
        const int queue = 64 << 10, blocks = 400, size = 64; // 64 KB may wait, 1.2 MB are published
        var topic = Topic();
        await using var sink = new KafkaBarSink(topic, Guid.NewGuid(), queue);
        async Task Publish(int k) =>
            await sink.PublishAsync([A], FeedItem.Of(0, Block((long)k * size, size), Start + (k + 1L) * size * TimeSpan.TicksPerMinute));
        await Publish(0);
        await sink.FlushAsync();
        _proxy.Hold();
        var published = 0;
        var publishing = Task.Run(async () =>
        {
            for (var k = 1; k < blocks; k++)
            {
                await Publish(k);
                Volatile.Write(ref published, k);
            }
            await sink.PublishAsync([A], FeedItem.Heartbeat(Start + (long)blocks * size * TimeSpan.TicksPerMinute));
            await sink.PublishAsync([A], FeedItem.End(Start + (long)blocks * size * TimeSpan.TicksPerMinute));
            await sink.FlushAsync();
        });
        await Eventually.HoldsAsync(() => sink.Waits >= 3 || publishing.IsCompleted);
        sink.Waits.ShouldBeGreaterThan(0);
        (Volatile.Read(ref published) * size * 40).ShouldBeLessThan(queue + (8 << 10)); // five columns of eight bytes
        _proxy.Release();
        await publishing.WaitAsync(Eventually.Longest);
        await using var series = await new KafkaBarSource(topic).OpenAsync(new BarQuery("A", Timeframe.M1));
        (series.Count, series.Notes.Count).ShouldBe((blocks * size, 0));
    }

    [Fact]
    public async Task A_broker_that_is_back_and_does_not_know_its_topics_yet_gets_all_of_it_in_its_order()
    {
        const int size = 16;
        var topic = Topic();
        // Asks for its topics all the time, as a client does whose broker was away, and learns within a second that one is unknown.
        await using var sink = new KafkaBarSink(topic, Guid.NewGuid(), KafkaBarSink.Queue,
            topic.Endpoint with
            {
                More = new Dictionary<string, string>
                {
                    ["topic.metadata.refresh.interval.ms"] = "100",
                    ["topic.metadata.propagation.max.ms"] = "1000"
                }
            });
        var (blocks, enough) = (0, false);
        var publishing = Task.Run(async () =>
        {
            for (; !Volatile.Read(ref enough) || blocks < 20; blocks++)
            {
                var time = Start + (blocks + 1L) * size * TimeSpan.TicksPerMinute;
                await sink.PublishAsync([A], FeedItem.Of(0, Block((long)blocks * size, size), time));
                await sink.PublishAsync([A], FeedItem.Heartbeat(time));
                // Otherwise it publishes on until the broker has turned something away.
                if (blocks == 10) _proxy.TopicError = (short)ErrorCode.UnknownTopicOrPart;
                if (blocks > 10) await Task.Delay(5);
            }
            await sink.PublishAsync([A], FeedItem.End(Start + (long)blocks * size * TimeSpan.TicksPerMinute));
            await sink.FlushAsync();
        });
        await Eventually.HoldsAsync(() => sink.Again > 2 || publishing.IsCompleted);
        if (publishing.IsCompleted) await publishing; // says what was wrong
        publishing.IsCompleted.ShouldBeFalse();
        _proxy.TopicError = 0;
        Volatile.Write(ref enough, true);
        await publishing.WaitAsync(Eventually.Longest);
        await using var feed = await KafkaBarFeed.OpenAsync(topic, [new BarQuery("A", Timeframe.M1)]);
        var times = new List<long>();
        using var limit = new CancellationTokenSource(Eventually.Longest);
        await foreach (var item in feed.ReadAsync(limit.Token))
            for (var i = 0; i < (item.Bars?.Count ?? 0); i++)
                times.Add(item.Bars!.Time[i]);
        times.ShouldBe(Enumerable.Range(0, blocks * size).Select(i => Start + i * TimeSpan.TicksPerMinute));
        feed.Notes.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_partition_that_is_far_ahead_of_another_is_not_read_on_until_the_other_follows()
    {
        const int blocks = 800, size = 64, most = 2000; // 51,200 bars, of which 2,000 may wait
        var topic = Topic();
        var replay = Guid.NewGuid();
        var end = Start + (long)blocks * size * TimeSpan.TicksPerMinute;
        using var producer = topic.Endpoint.KeyedProducer(4 << 20);
        void Send(int partition, byte[] bytes) =>
            producer.Produce(new TopicPartition(topic.Topic, partition), new Message<string, byte[]> { Value = bytes });
        Send(1, Bytes(replay, FeedItemKind.Bars, B, Block(0, 1), Start + TimeSpan.TicksPerMinute));
        for (var k = 0; k < blocks; k++)
            Send(0, Bytes(replay, FeedItemKind.Bars, A, Block((long)k * size, size), Start + (k + 1L) * size * TimeSpan.TicksPerMinute));
        for (var p = 0; p < MockKafka.Partitions; p++)
            if (p != 1)
                Send(p, Bytes(replay, FeedItemKind.Heartbeat, null, null, end));
        producer.Flush(Eventually.Longest).ShouldBe(0);
        await using var feed = await KafkaBarFeed.OpenAsync(topic, [new BarQuery("A", Timeframe.M1), new BarQuery("B", Timeframe.M1)],
            LateBarPolicy.LeaveOut, 1, most);
        var bars = 0;
        var reading = Task.Run(async () =>
        {
            using var timeout = new CancellationTokenSource(Eventually.Longest);
            await foreach (var item in feed.ReadAsync(timeout.Token)) Interlocked.Add(ref bars, item.Bars?.Count ?? 0);
        });
        await Eventually.HoldsAsync(() => feed.PausedPartitions > 0 || reading.IsCompleted);
        feed.PausedPartitions.ShouldBeGreaterThan(0);
        feed.Waiting.ShouldBeInRange(most, most + KafkaBarReader.BarsAtOnce + size);
        Volatile.Read(ref bars).ShouldBeLessThanOrEqualTo(2); // of the first minute, which is whole
        Send(1, Bytes(replay, FeedItemKind.Heartbeat, null, null, end));
        for (var p = 0; p < MockKafka.Partitions; p++) Send(p, Bytes(replay, FeedItemKind.End, null, null, end));
        producer.Flush(Eventually.Longest).ShouldBe(0);
        await reading;
        bars.ShouldBe(blocks * size + 1);
    }

    [Fact]
    public async Task A_reader_that_is_slow_has_no_more_than_one_reading_waiting_for_it()
    {
        const int blocks = 1200, size = 64;
        var topic = Topic();
        await using (var sink = new KafkaBarSink(topic, Guid.NewGuid()))
        {
            for (var k = 0; k < blocks; k++)
            {
                var time = Start + (k + 1L) * size * TimeSpan.TicksPerMinute;
                await sink.PublishAsync([A], FeedItem.Of(0, Block((long)k * size, size), time));
                await sink.PublishAsync([A], FeedItem.Heartbeat(time));
            }
            await sink.PublishAsync([A], FeedItem.End(Start));
            await sink.FlushAsync();
        }
        await using var feed = await KafkaBarFeed.OpenAsync(topic, [new BarQuery("A", Timeframe.M1)]);
        var bars = 0L;
        await foreach (var item in feed.ReadAsync(TestContext.Current.CancellationToken))
        {
            bars += item.Bars?.Count ?? 0;
            // What has been read and not given out; a feed reads only when it is asked for the next item.
            feed.Waiting.ShouldBeLessThanOrEqualTo(KafkaBarReader.BarsAtOnce + size);
        }
        bars.ShouldBe(blocks * size);
        // and what the client fetches ahead of that is bounded in bytes
        topic.Endpoint.ConsumerSettings("g").QueuedMaxMessagesKbytes.ShouldBe(16 << 10);
    }

    [Fact]
    public async Task Where_brokers_look_up_times_reading_starts_there()
    {
        const int bars = 500;
        var topic = Topic();
        var markets = new[] { A, B };
        await using (var sink = new KafkaBarSink(topic, Guid.NewGuid()))
        {
            for (var k = 0; k < bars; k++)
            {
                var time = Start + (k + 1L) * TimeSpan.TicksPerMinute;
                for (var s = 0; s < markets.Length; s++) await sink.PublishAsync(markets, FeedItem.Of(s, Block(k, 1), time));
                await sink.PublishAsync(markets, FeedItem.Heartbeat(time));
            }
            await sink.PublishAsync(markets, FeedItem.End(Start + bars * TimeSpan.TicksPerMinute));
            await sink.FlushAsync();
        }
        // What is in the topic, as a broker knows it: the time of each message.
        var times = new Dictionary<int, List<long>>();
        var partitions = KafkaBarReader.Partitions(topic, [topic.Topic!]);
        using (var consumer = topic.Endpoint.Consumer("look"))
        {
            consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
            for (var left = 2 * bars + partitions.Count * (bars + 1); left > 0; left--)
            {
                var message = consumer.Consume(Eventually.Longest).ShouldNotBeNull();
                if (!times.TryGetValue(message.Partition.Value, out var known)) times[message.Partition.Value] = known = [];
                known.Count.ShouldBe((int)message.Offset.Value);
                known.Add(message.Message.Timestamp.UnixTimestampMs);
            }
        }
        _proxy.OffsetFor = (_, partition, time) => times[partition].FindIndex(t => t >= time);
        var from = Start + 400 * TimeSpan.TicksPerMinute;
        using (var reader = new KafkaBarReader(topic))
        {
            var starts = reader.Starts(partitions, from + TimeSpan.TicksPerMinute);
            starts.ShouldAllBe(s => s.Offset.Value >= 400
                && times[s.Partition.Value][(int)s.Offset.Value] == new DateTimeOffset(from + TimeSpan.TicksPerMinute,
                    TimeSpan.Zero).ToUnixTimeMilliseconds());
        }
        _proxy.Answered.ShouldBe(partitions.Count);
        await using var series = await new KafkaBarSource(topic).OpenAsync(new BarQuery("A", Timeframe.M1, from));
        series.Count.ShouldBe(100);
        await using var feed =
            await KafkaBarFeed.OpenAsync(topic, [new BarQuery("A", Timeframe.M1, from), new BarQuery("B", Timeframe.M1, from)]);
        var got = 0;
        await foreach (var item in feed.ReadAsync(TestContext.Current.CancellationToken)) got += item.Bars?.Count ?? 0;
        got.ShouldBe(200);
        _proxy.Answered.ShouldBeGreaterThan(2 * partitions.Count);
    }
}
