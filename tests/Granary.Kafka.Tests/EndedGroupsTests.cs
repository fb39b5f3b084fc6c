using Granary.Data.Replay;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Kafka.Bars;
using Granary.Testing;
using static Granary.Kafka.Tests.Markets;

namespace Granary.Kafka.Tests;

/// <summary>A consumer group with more members than partitions.</summary>
public sealed class EndedGroupsTests : IDisposable
{
    private readonly MockKafka _kafka = MockKafka.Start();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task Members_end_with_the_replay_also_those_that_have_no_partition_or_get_one_that_another_has_read_to_its_end()
    {
        const int members = MockKafka.Partitions + 1;
        var markets = new Markets([.. Enumerable.Range(0, 8).Select(i => ("S" + i, RandomBars(i, 40)))]);
        var topic = GroupMembers.TopicOf(_kafka, "group=ends");
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
            if (i > 0) await GroupMembers.CalmAsync(topic);
            reading.Add(GroupMembers.ReadAsync(feeds[i], bars));
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
}
