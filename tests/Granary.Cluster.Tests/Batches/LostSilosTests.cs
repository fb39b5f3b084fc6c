using System.Diagnostics;
using Granary.Cluster.Batches;
using Granary.Cluster.Feeds;
using Granary.Cluster.Grains;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Engine.Strategies.Library;
using Granary.Testing;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Granary.Cluster.Tests.Batches;

/// <summary>Silos are killed in the middle of a batch: it ends all the same, with the same digest, every strategy counted once.</summary>
public sealed class LostSilosTests : IClassFixture<LostSilosTests.Made>
{
    private readonly Made _made;

    public LostSilosTests(Made made)
    {
        _made = made;
    }

    public sealed class Made : IDisposable
    {
        internal TestBatches Batches { get; } = new();

        public void Dispose() => Batches.Dispose();
    }

    /// <summary>About a second on one thread, whatever the machine: six feeds, all outputs.</summary>
    private string Batch => _made.Batches.Write("slow", """
        {
          "name": "slow", "data": { "source": "csv:data/1h", "symbols": "*", "timeframe": "1h", "funding": "funding.csv" },
          "execution": { "commissionPercent": 0.05, "commissionMakerPercent": 0.02, "margin": "isolated", "leverage": 20,
            "marginTiers": "tiers.csv", "liquidationFeePercent": 0.05 },
          "strategies": [
            { "class": "Dawdler", "params": { "every": 60, "milliseconds": 1, "variant": [1, 2, 3], "gateAt": 400 },
              "size": { "percentOfEquity": 20 } },
            { "class": "SmaCross", "params": { "fast": [5, 10, 20], "slow": [30, 60, 90] }, "size": { "percentOfEquity": 20 },
              "stopLossPercent": 2 }
          ],
          "portfolio": { "weights": "winners", "limits": { "maxPositions": 10, "maxGrossPercent": 100 } }
        }
        """);

    // Of the shortest feed: each has strategies that come to the gate.
    private const int Bars = 800;

    // Strategies wait at the gate for as long as a test needs, which is no fault of theirs.
    private static GrainSettings SmallBlocks(GrainSettings settings) =>
        settings with { BlockSize = 128, StrategyDeadline = TimeSpan.FromMinutes(10) };

    private async Task IsWholeAsync(TestSilos cluster, string id)
    {
        var embedded = await _made.Batches.EmbeddedAsync(Batch);
        var status = await cluster.EndAsync(id);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        status.Digest.ShouldBe(embedded.Model.Digest);
        status.Trades.ShouldBe(embedded.Trades);
        status.Progress.Done.ShouldBe(embedded.Model.Strategies.Count);
        status.Progress.Failed.ShouldBe(0);
        File.ReadAllText(Path.Combine(cluster.Runs, id, "trades.csv"))
            .ShouldBe(File.ReadAllText(Path.Combine(embedded.Folder, "trades.csv")));
    }

    // Of several grains the first that is found active: a feed may not have begun, or be through already.
    private static async Task<InProcessSiloHandle> HostOfAsync(TestSilos cluster, params IReadOnlyList<IAddressable> grains)
    {
        var management = cluster.Grains.GetGrain<IManagementGrain>(0);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Eventually.Longest; await Task.Delay(5))
            foreach (var grain in grains)
                if (await management.GetActivationAddress(grain) is { } address
                    && cluster.Alive.FirstOrDefault(s => s.SiloAddress.Equals(address)) is { } host)
                    return host;
        throw new InvalidOperationException("none of the grains became active\n" + cluster.Log.Text);
    }

    private static async Task HasWorkAsync(TestSilos cluster, InProcessSiloHandle silo)
    {
        await Eventually.HoldsAsync(() => cluster.ComputeOf(silo).Begun > 0);
    }

    // A fault at a tenth of all moments is found by twenty kills in 88 of 100 cases.
    [LongFact(nameof(The_silo_of_a_feed_can_be_lost))]
    public async Task Each_batch_survives_a_silo_killed_at_a_random_moment()
    {
        await using var cluster = await TestSilos.StartAsync(3, SmallBlocks);
        var watch = Stopwatch.StartNew();
        await IsWholeAsync(cluster, await cluster.SubmitAsync(Batch));
        var whole = watch.Elapsed;
        var random = new Random(4);
        for (var seed = 0; seed < 20; seed++)
        {
            // In turns at a bar of the walk, and at any moment between submission and end.
            using var gate = seed % 2 == 0 ? cluster.Gates.Close(400, random.Next(1, Bars)) : null;
            var id = await cluster.SubmitAsync(Batch);
            await (gate?.Reached ?? Task.Delay(whole * random.NextDouble()));
            var killing = cluster.KillAsync(cluster.Alive[random.Next(cluster.Alive.Count)]);
            gate?.Open();
            await killing;
            var joining = cluster.Cluster.StartAdditionalSiloAsync();
            await IsWholeAsync(cluster, id);
            await joining;
        }
    }

    [LongFact(nameof(Silos.KilledSilosTests))]
    public async Task The_silo_of_the_batch_grain_can_be_lost() =>
        await LoseAsync(1, (cluster, id) => HostOfAsync(cluster, cluster.Grains.GetGrain<IJobGrain>(id)));

    [LongFact(nameof(Silos.KilledSilosTests))]
    public async Task The_silo_of_the_reporting_grain_can_be_lost() =>
        await LoseAsync(2, (cluster, id) => HostOfAsync(cluster, cluster.Grains.GetGrain<IReportingGrain>(id)));

    [Fact]
    public async Task The_silo_of_a_feed_can_be_lost() =>
        await LoseAsync(3, (cluster, id) => HostOfAsync(cluster,
            [.. Directory.GetFiles(Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h"), "*.csv")
            .Select(f => cluster.Grains.GetGrain<ISymbolFeedGrain>(TestBatches.FeedOf(Batch, Path.GetFileNameWithoutExtension(f)).Key))]));

    // Once, three times in the long form, at bars that the seed draws, with strategies under way on all silos.
    private async Task LoseAsync(int seed, Func<TestSilos, string, Task<InProcessSiloHandle>> victim)
    {
        await _made.Batches.EmbeddedAsync(Batch);
        await using var cluster = await TestSilos.StartAsync(3, SmallBlocks);
        var random = new Random(seed);
        var rounds = TestEffort.Of(1, 3);
        for (var round = 0; round < rounds; round++)
        {
            using var gate = cluster.Gates.Close(400, random.Next(1, Bars));
            var id = await cluster.SubmitAsync(Batch);
            var growing = CountsGrowAsync(cluster, id);
            await gate.Reached;
            await cluster.UntilAsync(id, s => s.Progress.Strategies > 0);
            var killing = cluster.KillAsync(await victim(cluster, id));
            gate.Open();
            await killing;
            var joining = cluster.Cluster.StartAdditionalSiloAsync();
            await IsWholeAsync(cluster, id);
            await growing.WaitAsync(Eventually.Longest);
            await joining;
        }
    }

    // The counts of the batch only grow, also through the loss.
    private static async Task CountsGrowAsync(TestSilos cluster, string id)
    {
        var seen = new List<JobProgress>();
        await foreach (var status in cluster.Batches.WatchAsync(id)) seen.Add(status.Progress);
        seen.Select(p => p.Strategies).ShouldBeInOrder();
        seen.Select(p => p.Done).ShouldBeInOrder();
        seen.Select(p => p.Failed).ShouldBeInOrder();
        seen.ShouldAllBe(p => p.Done <= p.Strategies);
    }

    [LongFact(nameof(Silos.KilledSilosTests))]
    public async Task A_silo_that_joins_in_the_middle_of_a_batch_gets_work()
    {
        await _made.Batches.EmbeddedAsync(Batch);
        await using var cluster = await TestSilos.StartAsync(1, SmallBlocks);
        using var gate = cluster.Gates.Close(400, new Random(5).Next(1, Bars));
        var id = await cluster.SubmitAsync(Batch);
        await gate.Reached;
        await HasWorkAsync(cluster, await cluster.Cluster.StartAdditionalSiloAsync());
        gate.Open();
        await IsWholeAsync(cluster, id);
    }

    [LongFact(nameof(RelievedSilosTests))]
    public async Task A_silo_that_joins_takes_strategies_over_from_the_only_feed()
    {
        var batch = _made.Batches.Write("one-feed", """
            {
              "name": "one-feed", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [
                { "class": "SmaCross", "params": { "fast": [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19], "slow":
                  [30, 40, 50, 60, 70, 80, 90, 100, 110, 120] }, "size": { "percentOfEquity": 20 } },
                { "class": "Dawdler", "params": { "every": 100000, "variant": [1, 2], "gateAt": 400 },
                  "size": { "percentOfEquity": 20 } }
              ],
              "portfolio": { "weights": "equal" }
            }
            """);
        var embedded = await _made.Batches.EmbeddedAsync(batch);
        await using var cluster = await TestSilos.StartAsync(1, SmallBlocks);
        // Of some 4,300 bars: what is left is worth taking over.
        using var gate = cluster.Gates.Close(400, new Random(6).Next(500, 1500));
        var id = await cluster.SubmitAsync(batch);
        await gate.Reached;
        await HasWorkAsync(cluster, await cluster.Cluster.StartAdditionalSiloAsync());
        gate.Open();
        var status = await cluster.EndAsync(id);
        status.Digest.ShouldBe(embedded.Model.Digest, cluster.Log.Text);
    }

    [LongFact(nameof(Silos.BatchesOverHttpTests))]
    public async Task A_silo_that_leaves_hands_its_work_on()
    {
        await _made.Batches.EmbeddedAsync(Batch);
        await using var cluster = await TestSilos.StartAsync(2, s => SmallBlocks(s) with { Drain = TimeSpan.FromMilliseconds(200) });
        using var gate = cluster.Gates.Close(400);
        var id = await cluster.SubmitAsync(Batch);
        await cluster.UntilAsync(id, s => s.Progress.Bars > 0);
        var leaving = cluster.Cluster.StopSiloAsync(cluster.Alive[1]);
        gate.Open();
        await leaving;
        await IsWholeAsync(cluster, id);
    }
}
