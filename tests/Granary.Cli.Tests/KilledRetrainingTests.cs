using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary><c>granary backtest</c> killed while it trains models again, and called once more.</summary>
public sealed class KilledRetrainingTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(string name)
    {
        var bars = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");
        return _folder.Write($"{name}/batch.json", $$"""
            { "name": "retrained", "data": { "source": "csv:{{bars}}", "symbols": ["COINUSDT"], "timeframe": "1h",
                "to": "2022-06-01" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 5], "slow": 10 }, "sides": "both",
                "size": { "percentOfEquity": 20 } } ],
              "learning": { "trainer": "gradient-boosting", "params": { "trees": 50 }, "label": "trade",
                "apply": { "rule": "veto", "below": 0.45 }, "retrain": { "trades": 15, "level": 0.3, "challenger": true } },
              "portfolio": { "weights": "equal" } }
            """);
    }

    private static string Digest(string folder) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "results.json")))!["digest"]!.GetValue<string>();

    private static async Task RunAsync(string batch, string folder)
    {
        var run = await GranaryCall.RunAsync("backtest", batch, "--out", folder, "--quiet", "--no-guards");
        run.ExitCode.ShouldBe(0, run.Error);
    }

    private long Kept(string name) => new DirectoryInfo(_folder.At($"{name}/models/.cache")) is { Exists: true } cache
        ? cache.EnumerateFiles().Sum(f => f.Length) : 0;

    [Fact]
    public async Task A_run_killed_in_a_retraining_goes_on_with_its_versions_and_leaves_no_half_one()
    {
        var (killed, whole) = (Write("killed"), Write("whole"));
        await RunAsync(whole, _folder.At("other"));
        // Several windows: a kill within the first write leaves none.
        var several = Kept("whole") / 4;
        several.ShouldBeGreaterThan(0);
        using (var process = GranaryProcess.Start(_folder.Path, "backtest", killed, "--out", _folder.At("run"), "--quiet", "--no-guards"))
        {
            while (!process.HasExited && Kept("killed") < several) await Task.Delay(10);
            process.HasExited.ShouldBeFalse("it trains after the first versions were kept");
            process.Kill();
            await process.WaitForExitAsync();
        }
        File.Exists(_folder.At("run/results.json")).ShouldBeFalse();
        var registry = new ModelRegistry(new FileModelStore(_folder.At("killed/models")), ModelKindCatalogue.BuiltIn);
        registry.Models().ShouldBeEmpty();

        await RunAsync(killed, _folder.At("run"));
        Digest(_folder.At("run")).ShouldBe(Digest(_folder.At("other")));
        File.ReadAllText(_folder.At("run/model_log.csv")).ShouldBe(File.ReadAllText(_folder.At("other/model_log.csv")));
        using var learning = JsonDocument.Parse(File.ReadAllText(_folder.At("run/learning.json")));
        var windows = learning.RootElement.GetProperty("units").EnumerateArray().SelectMany(u => u.GetProperty("windows").EnumerateArray())
            .ToList();
        windows.Count(w => w.GetProperty("reused").GetBoolean()).ShouldBeInRange(1, windows.Count - 1);
        registry.Models().Count.ShouldBe(2);
        foreach (var model in registry.Models())
        {
            registry.Numbers(model).ShouldBe([1]);
            registry.Load(model).Version.Lineage.Samples.ShouldBeGreaterThan(20);
        }
    }
}
