using Granary.Data.Replay;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Kafka.Bars;
using Granary.Testing;
using static Granary.Kafka.Tests.Markets;

namespace Granary.Kafka.Tests;

/// <summary>A consumer group whose members change.</summary>
public sealed class SharedPartitionsTests : IDisposable
{
    private readonly MockKafka _kafka = MockKafka.Start();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task A_member_of_a_group_that_comes_back_goes_on_without_loss_or_double()
    {
        var markets = new Markets(("A", RandomBars(1, 400)), ("B", RandomBars(2, 400)));
        var topic = GroupMembers.TopicOf(_kafka, "group=g&partitions=2");
        var first = new List<(int, Bar)>();
        long reached = 0;
        await PublishAsync(topic, markets, blockSize: 16,
            queries: [.. markets.Queries.Select(q => q with { To = Start + 200 * TimeSpan.TicksPerMinute })]);
        await using (var feed = await KafkaBarFeed.OpenAsync(topic, markets.Queries))
        {
            await foreach (var item in feed.ReadAsync(new CancellationTokenSource(Eventually.Longest).Token))
            {
                first.AddRange(GroupMembers.Flat([item]));
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
            second.AddRange(GroupMembers.Flat(await ReadAsync(feed)));
        }
        await using (var feed = await KafkaBarFeed.OpenAsync(topic, [.. markets.Queries.Select(q => q with { From = reached })]))
            second.AddRange(GroupMembers.Flat(await ReadAsync(feed)));
        var all = first.Concat(second).ToList();
        all.Count.ShouldBe(800);
        all.Distinct().Count().ShouldBe(800);
    }

    [Fact]
    public async Task Members_of_a_group_share_the_partitions_and_when_one_joins_or_leaves_each_bar_has_come_to_one_of_them()
    {
        const int each = 240;
        var markets = new Markets([.. Enumerable.Range(0, 8).Select(i => ("S" + i, RandomBars(i, each)))]);
        var topic = GroupMembers.TopicOf(_kafka, "group=members");
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
        var readingA = GroupMembers.ReadAsync(a, first, leave.Token);
        await Eventually.HoldsAsync(() => GroupMembers.Count(first) >= 8 * 60);
        // One joins. The mock cluster accepts no positions while it deals partitions, so all that was published must have been read.
        await GroupMembers.CalmAsync(topic);
        var b = await KafkaBarFeed.OpenAsync(topic, markets.Queries);
        var readingB = GroupMembers.ReadAsync(b, second);
        await Eventually.HoldsAsync(() => a.Partitions is > 0 and < MockKafka.Partitions
            && a.Partitions + b.Partitions == MockKafka.Partitions);
        await Publish(180);
        // one leaves, and another comes
        await GroupMembers.CalmAsync(topic);
        await leave.CancelAsync();
        await readingA;
        await Eventually.HoldsAsync(() => b.Partitions == MockKafka.Partitions);
        await GroupMembers.CalmAsync(topic);
        var c = await KafkaBarFeed.OpenAsync(topic, markets.Queries);
        var readingC = GroupMembers.ReadAsync(c, third);
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
    public async Task A_member_that_has_read_some_partitions_ahead_of_others_loses_no_bar_when_another_joins()
    {
        const int each = 240;
        var markets = new Markets([.. Enumerable.Range(0, 16).Select(i => ("S" + i, RandomBars(i, each)))]);
        var source = GroupMembers.TopicOf(_kafka, "group=source");
        await PublishAsync(source, markets, blockSize: 16);
        var published = GroupMembers.MessagesOf(source);
        var topic = GroupMembers.TopicOf(_kafka, "group=members");
        // The first two partitions are ahead of the others.
        var ahead = published.ToDictionary(p => p.Key, p => p.Value.Count * (p.Key < 2 ? 8 : 4) / 10);
        foreach (var (partition, messages) in published) await GroupMembers.SendAsync(topic, partition, messages.Take(ahead[partition]));
        List<(int, Bar)> first = [], second = [];
        var a = await KafkaBarFeed.OpenAsync(topic, markets.Queries);
        var readingA = GroupMembers.ReadAsync(a, first);
        var sent = published.Sum(p => p.Value.Take(ahead[p.Key]).Count(GroupMembers.HasBars)) * 16;
        await Eventually.HoldsAsync(() => a.Waiting > 0 && GroupMembers.Count(first) + a.Waiting == sent);
        var b = await KafkaBarFeed.OpenAsync(topic, markets.Queries);
        var readingB = GroupMembers.ReadAsync(b, second);
        await Eventually.HoldsAsync(() => a.Partitions is > 0 and < MockKafka.Partitions
            && a.Partitions + b.Partitions == MockKafka.Partitions);
        // What the first has dropped comes again, to one of them.
        await Eventually.IsAsync(() => Task.FromResult(GroupMembers.Count(first) + GroupMembers.Count(second) + a.Waiting + b.Waiting),
            have => have == sent);
        foreach (var (partition, messages) in published) await GroupMembers.SendAsync(topic, partition, messages.Skip(ahead[partition]));
        await Task.WhenAll(readingA, readingB);
        (int, Bar)[] all = [.. first, .. second];
        all.Distinct().Count().ShouldBe(16 * each, string.Join("; ", [.. a.Notes, .. b.Notes]));
        all.Length.ShouldBe(16 * each);
        foreach (var market in first.GroupBy(m => m.Item1).Concat(second.GroupBy(m => m.Item1)))
            market.Zip(market.Skip(1)).ShouldAllBe(p => p.First.Item2.Time < p.Second.Item2.Time);
    }
}
