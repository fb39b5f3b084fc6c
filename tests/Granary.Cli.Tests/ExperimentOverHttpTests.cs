using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary><c>granary experiment --host</c>: the result of a server is that of this process.</summary>
public sealed class ExperimentOverHttpTests(SharedServer server) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Batch(string experiment) => _folder.Write("batch.json", $$"""
        { "name": "searched", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")}}",
            "symbols": ["ACME"], "timeframe": "1h" },
          "execution": { "commissionPercent": 0.02 },
          "strategies": [{ "class": "SmaCross", "params": { "fast": [2, 3, 4], "slow": 6 }, "sides": "both", "size": { "cash": 1000 } }],
          "learning": { "trainer": "logistic", "label": { "kind": "direction", "bars": 2 }, "features": ["return(1)", "rsi(14)"],
            "apply": { "rule": "veto", "below": 0.5 }, "experiment": {{experiment}} } }
        """);

    // All but what clocks, the cache and the ledger have a say in.
    private static string Table(string json)
    {
        var result = JsonNode.Parse(json)!;
        foreach (var part in result is JsonArray trials ? trials.Select(t => t!.AsObject()) : [result.AsObject()])
            foreach (var name in (string[])["seconds", "reused", "trials", "newTrials"]) part.Remove(name);
        return result.ToJsonString();
    }

    [Theory]
    [InlineData("""{ "fitness": "sharpe", "search": { "trainers": ["naive-bayes", "logistic"], "budget": 60, "windows": 2 } }""")]
    [InlineData("""{ "fitness": "sortino", "trainers": ["naive-bayes", "logistic"] }""")]
    public async Task The_result_of_a_server_is_that_of_this_process(string experiment)
    {
        var (batch, url) = (Batch(experiment), await server.UrlAsync);
        var here = await GranaryCall.RunAsync("experiment", batch, "--strategies", "2", "--json");
        here.ExitCode.ShouldBe(0, here.Error);
        var there = await GranaryCall.RunAsync("experiment", batch, "--strategies", "2", "--json", "--host", url);
        there.ExitCode.ShouldBe(0, there.Error);
        Table(there.Output).ShouldBe(Table(here.Output));
        here.Output.ShouldContain("naive-bayes");

        var table = await GranaryCall.RunAsync("experiment", batch, "--host", url);
        table.ExitCode.ShouldBe(0, table.Error);
        table.Output.ShouldContain("Strategies without and with the model by ");
        if (experiment.Contains("search", StringComparison.Ordinal)) table.Error.ShouldContain("Best models so far");
        var wrong = await GranaryCall.RunAsync("experiment", batch, "--host", url, "--strategies", "none");
        wrong.ExitCode.ShouldBe(2);
        wrong.Error.ShouldContain("write 'all' or a whole number");
    }
}
