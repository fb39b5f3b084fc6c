using System.Text.Json;
using Granary.Application.Jobs;
using Granary.Cluster.Tests.Fixtures;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;

namespace Granary.Cluster.Tests.Batches;

/// <summary>A strategy that misbehaves fails alone, and the report says why.</summary>
[Collection(nameof(WithoutAccounts))]
public sealed class CrashingStrategiesTests
{
    [Fact]
    public async Task Throwing_looping_hoarding_and_unborn_strategies_fail_alone_with_their_reasons()
    {
        using var batches = new TestBatches();
        const string healthy =
            """{ "class": "SmaCross", "params": { "fast": [5, 10, 20], "slow": [30, 60, 90] }, "size": { "percentOfEquity": 20 } }""";
        string Text(string more) => $$"""
            { "name": "crashing", "data": { "source": "csv:data/1h", "symbols": "COINUSDT", "timeframe": "1h" },
              "strategies": [ {{healthy}} {{more}} ], "portfolio": { "weights": "equal" } }
            """;
        var clean = await batches.EmbeddedAsync(batches.Write("clean", Text("")));
        var crashing = batches.Write("crashing",
            Text("""
                , { "class": "Thrower" }, { "class": "Looper" }, { "class": "Hoarder" }, { "class": "Unborn", "params": { "which": 2 } }
                """));

        await using var cluster = await TestSilos.StartAsync(2,
            s => s with { StrategyDeadline = TimeSpan.FromSeconds(8), StrategyBytesPerBlock = 64 << 20 });
        var status = await cluster.RunAsync(crashing);
        status.State.ShouldBe(JobState.Done, $"{status.Fault}\n{TestSilos.Log.Tail}");
        status.Progress.Failed.ShouldBe(4);

        using var results = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(cluster.Runs, status.Id, "results.json")));
        var strategies = results.RootElement.GetProperty("strategies").EnumerateArray().ToList();
        string ErrorOf(string name) => strategies.Single(s => s.GetProperty("class").GetString() == name).GetProperty("error").GetString()!;
        ErrorOf("Thrower").ShouldBe("InvalidOperationException: this strategy crashes as asked");
        ErrorOf("Looper").ShouldContain("did not come back from a block of");
        ErrorOf("Hoarder").ShouldContain("MB are allowed");
        ErrorOf("Unborn").ShouldContain("its constructor does not come back");
        foreach (var strategy in strategies.Where(s => s.GetProperty("class").GetString() == "SmaCross"))
        {
            var same = clean.Model.Strategies.Single(s => s.Id == strategy.GetProperty("id").GetString());
            strategy.GetProperty("stats").GetProperty("finalEquity").GetDouble().ShouldBe(same.Stats!.FinalEquity);
        }

        // The thread that it kept is stopped, not left burning a core.
        var stopped = cluster.Turns.Count;
        stopped.ShouldNotBe(0);
        await Task.Delay(300);
        cluster.Turns.Count.ShouldBe(stopped);
        (await cluster.RunAsync(batches.Sweep)).Digest.ShouldBe((await batches.EmbeddedAsync(batches.Sweep)).Model.Digest);
    }
}
