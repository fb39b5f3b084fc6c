using System.Text.Json;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;

namespace Granary.Cluster.Tests.Batches;

[Collection<PlainSilos>]
public sealed class CrashingStrategiesTests(PlainSilos.Cluster shared)
{
    [Fact]
    public async Task A_strategy_that_throws_fails_alone_with_its_reason()
    {
        using var batches = new TestBatches();
        const string healthy =
            """{ "class": "SmaCross", "params": { "fast": [5, 10, 20], "slow": [30, 60, 90] }, "size": { "percentOfEquity": 20 } }""";
        string Text(string more) => $$"""
            { "name": "crashing", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ {{healthy}} {{more}} ], "portfolio": { "weights": "equal" } }
            """;
        var clean = await batches.EmbeddedAsync(batches.Write("clean", Text("")));
        var crashing = batches.Write("crashing", Text(""", { "class": "Thrower" }"""));

        var cluster = shared.Silos;
        var status = await cluster.RunAsync(crashing);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{cluster.Log.Text}");
        status.Progress.Failed.ShouldBe(1);

        using var results = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(cluster.Runs, status.Id, "results.json")));
        var strategies = results.RootElement.GetProperty("strategies").EnumerateArray().ToList();
        strategies.Single(s => s.GetProperty("class").GetString() == "Thrower").GetProperty("error").GetString()
            .ShouldBe("InvalidOperationException: this strategy crashes as asked");
        foreach (var strategy in strategies.Where(s => s.GetProperty("class").GetString() == "SmaCross"))
        {
            var same = clean.Model.Strategies.Single(s => s.Id == strategy.GetProperty("id").GetString());
            strategy.GetProperty("stats").GetProperty("finalEquity").GetDouble().ShouldBe(same.Stats!.FinalEquity);
        }
    }
}
