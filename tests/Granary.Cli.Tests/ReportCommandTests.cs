using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary><c>granary report</c>: the page that a run wrote, made again from its folder.</summary>
public sealed class ReportCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Models that are watched, abstain and cap the risk, states of the market, a benchmark, weights that change.
    private string Batch(string name, string more = "") => _folder.Write(name + ".json", $$"""
        { "name": "{{name}}",
          "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")}}", "symbols": ["ACME", "BOLT"],
            "timeframe": "1h", "to": "2023-01-15" },
          "execution": { "commissionPercent": 0.01, "slippagePercent": 0.01 },
          "strategies": [
            { "class": "SmaCross", "params": { "fast": [1, 3], "slow": [2, 8] }, "sides": "both", "size": { "percentOfEquity": 20 } },
            { "class": "RsiReversion", "params": { "period": 7 }, "sides": "both", "size": { "percentOfEquity": 10 } } ],
          "learning": [
            { "name": "gate", "strategies": ["SmaCross"], "trainer": "gradient-boosting", "params": { "trees": 20 },
              "features": ["return(1)", "volatility(10)"], "label": { "kind": "direction", "bars": 1 },
              "walkForward": { "window": "rolling", "train": 900, "test": 300 }, "apply": { "rule": "veto", "below": 0.45 },
              "watch": { "detector": "kswin", "weight": 0.25, "review": 40 }, "abstain": true, "promote": true }{{more}} ],
          "regimes": { "machines": [ { "name": "trend", "measure": "sma(20)", "against": "sma(100)", "enterPercent": 1 } ] },
          "walkForward": { "inSample": "180d", "outOfSample": "60d" },
          "portfolio": { "weights": "equal", "limits": { "maxPositions": 10 } }, "benchmark": "buy-and-hold" }
        """);

    private const string Risk = """
        , { "name": "risk", "trainer": "ridge", "label": { "kind": "drawdown", "bars": 12 },
            "features": ["volatility(20)", "portfolio-drawdown", "portfolio-exposure"], "apply": { "rule": "limit", "lossPercent": 2 } }
        """;

    private const string Policy = """
        "weights": "ppo", "rebalance": { "every": "16w", "window": "30w" }, "allocator": { "steps": 1000, "seeds": 2, "episode": 100 }
        """;

    private async Task<string> DoAsync(params string[] arguments)
    {
        var call = await GranaryCall.RunAsync(arguments);
        call.ExitCode.ShouldBe(0, call.Error);
        return call.Output;
    }

    [Theory]
    [InlineData("backtest", Risk, "")]
    [InlineData("backtest", "", "--no-guards")]
    [InlineData("backtest", Policy, "")]
    [InlineData("walkforward", "", "")]
    public async Task A_report_made_again_is_byte_for_byte_the_one_that_the_run_wrote(string verb, string more, string option)
    {
        var batch = Batch("first", more == Policy ? "" : more);
        if (more == Policy)
            await File.WriteAllTextAsync(batch, (await File.ReadAllTextAsync(batch)).Replace("\"weights\": \"equal\"", Policy));
        await DoAsync([verb, batch, "--out", _folder.At("run"), "--quiet", .. option.Length > 0 ? [option] : Array.Empty<string>()]);
        var written = await File.ReadAllBytesAsync(_folder.At("run/report.html"));
        var page = System.Text.Encoding.UTF8.GetString(written);
        foreach (var section in (string[])["Evidence", "Learning", .. verb == "backtest" ? ["Decisions of models", "Market"]
            : new[] { "Walk-forward" }])
            page.ShouldContain($"<h2 class=\"group\">{section}<");

        // Since then other batches have been tried on the same bars, and another version is in force.
        var other = JsonNode.Parse(await File.ReadAllTextAsync(Batch("second")))!;
        other["strategies"]![0]!["params"]!["slow"] = JsonNode.Parse("[20, 30, 40]");
        other["learning"]![0]!["params"]!["trees"] = 10;
        await DoAsync("backtest", _folder.Write("second.json", other.ToJsonString()), "--out", _folder.At("other"), "--quiet",
            "--no-guards");
        var models = Snapshot("models");

        await File.WriteAllTextAsync(_folder.At("run/report.html"), "lost");
        (await DoAsync("report", _folder.At("run"))).ShouldContain("report.html");
        (await File.ReadAllBytesAsync(_folder.At("run/report.html"))).ShouldBe(written);
        Snapshot("models").ShouldBe(models, "no version is added or promoted");
        // Without checks it is the batch of the case with them.
        if (option.Length == 0)
            (await DoAsync("verify", _folder.At("run"), "--cuts", "1", "--sample", "1")).ShouldContain("The digest is the same");
    }

    // Names and bytes of the registry's files, without the cache of trainings.
    private List<string> Snapshot(string folder) => [.. Directory.EnumerateFiles(_folder.At(folder), "*", SearchOption.AllDirectories)
        .Where(f => !f.Contains(".cache", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        .Select(f => f + " " + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))))];

    [Fact]
    public async Task A_run_without_a_report_gets_one()
    {
        var batch = JsonNode.Parse(await File.ReadAllTextAsync(Batch("slim")))!;
        batch.AsObject().Remove("learning");
        batch["outputs"] = JsonNode.Parse("""["results"]""");
        await DoAsync("backtest", _folder.Write("slim.json", batch.ToJsonString()), "--out", _folder.At("slim"), "--quiet");
        File.Exists(_folder.At("slim/report.html")).ShouldBeFalse();
        await DoAsync("report", _folder.At("slim"));
        (await File.ReadAllTextAsync(_folder.At("slim/report.html"))).ShouldContain("<h2 class=\"group\">Trades<");
        (await File.ReadAllTextAsync(_folder.At("slim/analysis.json"))).ShouldContain("\"rolling\":");
    }

    [Fact]
    public async Task An_interrupted_run_and_a_live_session_keep_their_reports()
    {
        var batch = JsonNode.Parse(await File.ReadAllTextAsync(Batch("cut")))!;
        batch.AsObject().Remove("learning");
        await DoAsync("backtest", _folder.Write("cut.json", batch.ToJsonString()), "--out", _folder.At("cut"), "--quiet");
        var report = await File.ReadAllBytesAsync(_folder.At("cut/report.html"));
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(_folder.At("cut/manifest.json")))!.AsObject();
        manifest["status"] = "interrupted";
        _folder.Write("cut/manifest.json", manifest.ToJsonString());
        var interrupted = await GranaryCall.RunAsync("report", _folder.At("cut"));
        interrupted.ExitCode.ShouldBe(2);
        interrupted.Error.ShouldContain("finish it with backtest --resume");

        manifest["status"] = "done";
        _folder.Write("cut/manifest.json", manifest.ToJsonString());
        _folder.Write("cut/account_gap.csv", "");
        var live = await GranaryCall.RunAsync("report", _folder.At("cut"));
        live.ExitCode.ShouldBe(2);
        live.Error.ShouldContain("is the run of a live session");
        (await File.ReadAllBytesAsync(_folder.At("cut/report.html"))).ShouldBe(report);
    }
}
