using Granary.Cluster.Batches;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Testing;

namespace Granary.Cluster.Tests.Batches;

/// <summary>
/// Silos are killed at random bars while a batch's strategies run for the first time, and while they run again for the events that the
/// portfolio follows: every file is equal to that of a batch that lost no silo.
/// </summary>
public sealed class LostInSecondPassTests
{
    // The gate holds one strategy in each pass; the others are beyond it or not, as their silos come along.
    private const string Batch = """
        {
          "name": "twice", "data": { "source": "csv:data/1h", "symbols": ["ACME", "COINUSDT", "DUNE", "GLIMUSDT"], "timeframe": "1h" },
          "strategies": [
            { "class": "Dawdler", "symbols": "COINUSDT", "params": { "every": 100000, "variant": 1, "gateAt": 500 },
              "size": { "percentOfEquity": 20 } },
            { "class": "SmaCross", "params": { "fast": [2, 3, 5, 8], "slow": [12, 20, 30] }, "timeframe": ["1h", "2h"],
              "size": { "percentOfEquity": 30 } }
          ],
          "portfolio": { "weights": "equal" }, "outputs": ["results", "prod", "equity", "portfolio_trades"]
        }
        """;

    private const int Bars = 4000;

    [LongFact("SeedTests.Every_seed_meets_every_demand (scenario batches)")]
    public async Task A_batch_that_loses_a_silo_in_any_pass_has_the_same_files()
    {
        using var batches = new TestBatches();
        var batch = batches.Write("twice", Batch);
        await using var cluster = await TestSilos.StartAsync(3,
            s => s with { BlockSize = 128, StrategyDeadline = TimeSpan.FromMinutes(10) });
        var whole = await cluster.RunAsync(batch);
        whole.State.ShouldBe(JobState.Done, $"{whole.Fault}\n{cluster.Log.Text}");
        whole.Digest.ShouldBe((await batches.EmbeddedAsync(batch)).Model.Digest);

        var (seed, kills) = (3, 40);
        var random = new Random(seed);
        for (var kill = 0; kill < kills; kill++)
        {
            // Three of four in the second pass. In turns the silo that keeps the reports and any other.
            var (second, bar) = (kill % 4 != 3, random.Next(1, Bars));
            using var gate = cluster.Gates.Close(500, bar, spared: second ? 1 : 0);
            var id = await cluster.SubmitAsync(batch);
            await gate.Reached;
            if (kill == 0)
                await cluster.UntilAsync(id, s => s.Progress.Stage?.StartsWith("again for their trades: ", StringComparison.Ordinal) == true
                    && s.Progress.Done == whole.Progress.Done);
            var victim = kill % 2 == 0 ? null : cluster.Alive[random.Next(cluster.Alive.Count)];
            var killing = victim is null ? cluster.KillSiloOfAsync(cluster.Grains.GetGrain<IReportingGrain>(id))
                : cluster.KillAsync(victim);
            gate.Open();
            await killing;
            var joining = cluster.Cluster.StartAdditionalSiloAsync();
            var status = await cluster.EndAsync(id);
            var story = $"kill {kill} of seed {seed}, {(second ? "second" : "first")} pass at bar {bar}, "
                + $"{(victim is null ? "the reporting silo" : "any silo")}\n{cluster.Log.Text}";
            status.State.ShouldBe(JobState.Done, $"{status.Fault}: {story}");
            (status.Digest, status.Trades, status.Progress.Done).ShouldBe((whole.Digest, whole.Trades, whole.Progress.Done), story);
            ComparedRuns.Differences(Path.Combine(cluster.Runs, whole.Id), Path.Combine(cluster.Runs, id)).ShouldBe("", story);
            await joining;
        }
    }
}
