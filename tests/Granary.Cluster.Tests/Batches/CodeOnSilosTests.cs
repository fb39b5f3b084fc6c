using System.Text.Json;
using Granary.Cluster.Batches;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Testing;

namespace Granary.Cluster.Tests.Batches;

/// <summary>Batches that carry a C# file: each silo compiles it, whatever silo is lost.</summary>
public sealed class CodeOnSilosTests
{
    private const string Idea = """
        public sealed class OwnAverage : Strategy
        {
            private readonly Factor _average;

            public OwnAverage([Range(2, 200)] int length = 20) => _average = Use("sma", length);

            public override void OnBar(StrategyContext bar)
            {
                if (bar.Close > bar[_average]) bar.Go(Side.Buy);
                else if (bar.InMarket) bar.Exit();
            }
        }
        """;

    private static string Written(TestBatches batches)
    {
        var bars = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");
        return batches.Write("code", $$"""
            { "name": "code", "code": [ { "name": "OwnAverage.cs", "source": {{JsonSerializer.Serialize(Idea)}} } ],
              "data": { "source": "csv:{{bars}}", "symbols": ["ACME", "COINUSDT", "CRUX"], "timeframe": "1h" },
              "strategies": [
                { "class": "Dawdler", "symbols": "ACME", "params": { "every": 100000, "variant": 1, "gateAt": 500 },
                  "size": { "percentOfEquity": 20 } },
                { "class": "OwnAverage", "params": { "length": [10, 20, 30, 50] }, "size": { "percentOfEquity": 20 } } ],
              "portfolio": { "weights": "equal" }, "outputs": ["results", "prod", "equity", "trades", "signals", "portfolio_trades"] }
            """);
    }

    [Fact]
    public async Task The_digest_is_that_of_the_embedded_host_also_when_a_silo_is_lost()
    {
        using var batches = new TestBatches();
        var batch = Written(batches);
        var embedded = await batches.EmbeddedAsync(batch);
        embedded.Model.Strategies.ShouldAllBe(s => s.Error == null);
        await using var cluster = await TestSilos.StartAsync(2, s => s with { BlockSize = 128 });
        var whole = await cluster.RunAsync(batch);
        whole.State.ShouldBe(JobState.Done, $"{whole.Fault}\n{cluster.Log.Text}");
        whole.Digest.ShouldBe(embedded.Model.Digest);

        using var gate = cluster.Gates.Close(500, 1500);
        var id = await cluster.SubmitAsync(batch);
        await gate.Reached;
        var killing = cluster.KillSiloOfAsync(cluster.Grains.GetGrain<IReportingGrain>(id));
        gate.Open();
        await killing;
        var status = await cluster.EndAsync(id);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        status.Digest.ShouldBe(embedded.Model.Digest);
        ComparedRuns.Differences(Path.Combine(cluster.Runs, whole.Id), Path.Combine(cluster.Runs, id)).ShouldBe("");
    }
}
