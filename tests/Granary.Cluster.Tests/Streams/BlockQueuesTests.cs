using Granary.Cluster.Feeds;
using Granary.Cluster.Grains;
using Granary.Cluster.Tests.Fixtures;
using Granary.Data.Synthetic;
using Granary.Testing;
using Orleans.Hosting;
using Orleans.Providers.Streams.Common;
using Orleans.Runtime;
using Orleans.Streams;

namespace Granary.Cluster.Tests.Streams;

/// <summary>Where the queues of the memory streams are.</summary>
public sealed class BlockQueuesTests : IDisposable
{
    private readonly TestBatches _batches = new();

    public void Dispose() => _batches.Dispose();

    [Fact]
    public async Task Agents_queues_and_feeds_are_on_one_silo_for_each_queue_also_after_one_has_joined_and_one_has_left()
    {
        await using var cluster = await TestSilos.StartAsync(1);
        await SettledAsync(cluster);
        await cluster.Cluster.StartAdditionalSiloAsync();
        await SettledAsync(cluster);
        foreach (var symbol in DataGeneration.SampleSymbols)
        {
            var batch = _batches.Write("places", $$"""
                { "name": "places", "data": { "source": "csv:data/1h", "symbols": "{{symbol}}", "timeframe": "1h" },
                  "strategies": [ { "class": "SmaCross" } ] }
                """);
            var (key, reader) = TestBatches.FeedOf(batch, symbol);
            (await cluster.Grains.GetGrain<ISymbolFeedGrain>(key).OpenAsync(reader)).Fault.ShouldBeNull();
            var feeds = await OnSilosAsync(cluster, "symbolfeed");
            var queue = new HashRingBasedStreamQueueMapper(new() { TotalQueueCount = 4 }, ClusterProviders.Blocks)
                .GetQueueForStream(StreamId.Create("granary.blocks", key)).GetNumericId();
            feeds.Single(f => f.Grain.Key.ToString() == key).Silo.ShouldBe(SilosInOrder(cluster)[(int)queue % 2]);
        }

        await cluster.Cluster.StopSiloAsync(cluster.Alive.Single(s => s.SiloAddress.Equals(SilosInOrder(cluster)[0])));
        await SettledAsync(cluster);
    }

    private static List<SiloAddress> SilosInOrder(TestSilos cluster) => [.. cluster.Alive.Select(s => s.SiloAddress).Order()];

    private static async Task<List<(GrainId Grain, SiloAddress Silo)>> OnSilosAsync(TestSilos cluster, string type) =>
        [.. (await cluster.Grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics())
            .Where(g => g.GrainId.Type.ToString() == type).Select(g => (g.GrainId, g.SiloAddress))];

    // Each silo has as many agents as grains of queues, and as many as it should have.
    private static async Task SettledAsync(TestSilos cluster)
    {
        var silos = SilosInOrder(cluster);
        var expected = silos.Select((s, i) => $"{s}: {Enumerable.Range(0, 4).Count(q => q % silos.Count == i)}").ToList();
        await Eventually.HoldsAsync(() => AnsweredAsync(async () =>
            (await OnSilosAsync(cluster, "memorystreamqueue")).GroupBy(q => q.Silo).OrderBy(g => g.Key).Select(g => $"{g.Key}: {g.Count()}")
            .SequenceEqual(expected)));
        await Eventually.HoldsAsync(() => AnsweredAsync(async () =>
        {
            var agents = await cluster.Grains.GetGrain<IManagementGrain>(0).SendControlCommandToProvider<PersistentStreamProvider>(
                ClusterProviders.Blocks, (int)PersistentStreamProviderCommand.GetNumberRunningAgents, null);
            return agents.Select(a => (int)a!).Order()
                .SequenceEqual(silos.Select((_, i) => Enumerable.Range(0, 4).Count(q => q % silos.Count == i)).Order());
        }));
    }

    // The client may still call the silo that has left.
    private static async Task<bool> AnsweredAsync(Func<Task<bool>> question)
    {
        try
        {
            return await question();
        }
        catch (Exception e) when (Loss.Is(e))
        {
            return false;
        }
    }
}
