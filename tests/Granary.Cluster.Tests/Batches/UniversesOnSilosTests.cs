using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;

namespace Granary.Cluster.Tests.Batches;

/// <summary>The members of a universe are those of one process on every silo, also when one is lost.</summary>
public sealed class UniversesOnSilosTests : IDisposable
{
    private readonly TestBatches _batches = new();

    public void Dispose() => _batches.Dispose();

    [Theory]
    [InlineData("""{ "rank": "dollar-volume(20)", "top": 2, "every": "1w", "where": "close > 1" }""")]
    [InlineData("""{ "members": "members.csv", "onLeave": "hold" }""")]
    public async Task A_batch_with_a_universe_has_the_digest_of_one_process_after_a_silo_was_killed(string universe)
    {
        await File.WriteAllTextAsync(Path.Combine(_batches.Folder, "members.csv"),
            "symbol,from,to,delisting_return\nCOINUSDT,2023-02-10,,\nGLIMUSDT,,2023-04-25,-0.3\n");
        var batch = _batches.Write("members", $$"""
            {
              "name": "members", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT", "GLIMUSDT", "ACME"], "timeframe": "1h" },
              "universe": {{universe}},
              "strategies": [
                { "class": "Dawdler", "params": { "every": 60, "variant": [1, 2], "gateAt": 400 }, "size": { "percentOfEquity": 20 } },
                { "class": "SmaCross", "params": { "fast": [5, 10], "slow": 30 }, "size": { "percentOfEquity": 20 } },
                { "class": "MomentumRank", "params": { "lookback": 24, "top": 1, "every": 24 }, "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal" }
            }
            """);
        var embedded = await _batches.EmbeddedAsync(batch);
        await using var cluster = await TestSilos.StartAsync(2, settings => settings with { BlockSize = 128 });
        using (var gate = cluster.Gates.Close(400, 1))
        {
            var id = await cluster.SubmitAsync(batch);
            await gate.Reached;
            var killing = cluster.KillAsync(cluster.Alive[^1]);
            gate.Open();
            await killing;
            var status = await cluster.EndAsync(id);
            status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
            status.Digest.ShouldBe(embedded.Model.Digest);
            foreach (var file in (string[])["universe.csv", "trades.csv", "signals.csv"])
                File.ReadAllText(Path.Combine(cluster.Runs, id, file))
                    .ShouldBe(File.ReadAllText(Path.Combine(embedded.Folder, file)), file);
        }
        File.ReadAllText(Path.Combine(embedded.Folder, "signals.csv")).ShouldContain("not-member");
    }
}
