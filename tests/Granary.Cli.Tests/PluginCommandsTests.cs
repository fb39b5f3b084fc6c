using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

public sealed class PluginCommandsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("state(short)")]
    [InlineData("state")]
    [InlineData("state(short).age")]
    public async Task A_plug_in_strategy_reads_the_states_of_the_batch_s_regimes(string factor)
    {
        Directory.CreateDirectory(_folder.At("plugins"));
        EmittedPlugin.Write(_folder.At("plugins"), "Regimental", "ReadsTheState", new(Uses: factor));
        var batch = _folder.Write("batch.json", $$"""
            { "name": "states", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")}}", "symbols":
              ["COINUSDT"], "timeframe": "1h" },
              "strategies": [ { "class": "ReadsTheState" }, { "class": "SmaCross" } ],
              "regimes": { "machines": [ { "name": "short", "measure": "sma(10)", "against": "sma(30)", "enterPercent": 0.5,
                "leavePercent": 0.1, "dwell": 3 } ] } }
            """);
        var call = await GranaryCall.RunAsync("backtest", batch, "--plugins", _folder.At("plugins"), "--out", _folder.At("run"),
            "--json");
        call.ExitCode.ShouldBe(0, call.Error);
        var strategies = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.At("run/results.json"))).RootElement.GetProperty(
            "strategies").EnumerateArray().ToList();
        strategies.Count.ShouldBe(2);
        strategies.ShouldAllBe(s => s.GetProperty("stats").ValueKind == JsonValueKind.Object);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData(", { \"class\": \"SmaCross\" }", 0)]
    public async Task A_batch_whose_strategies_all_fail_ends_with_1_and_says_why(string other, int code)
    {
        Directory.CreateDirectory(_folder.At("plugins"));
        EmittedPlugin.Write(_folder.At("plugins"), "Failing", "FailsAtOnce", new(FailsOnBar: true));
        var batch = _folder.Write("batch.json", $$"""
            { "name": "fails", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")}}",
                "symbols": ["COINUSDT"], "timeframe": "1h" },
              "strategies": [ { "class": "FailsAtOnce" }{{other}} ] }
            """);
        var call = await GranaryCall.RunAsync("backtest", batch, "--plugins", _folder.At("plugins"), "--out", _folder.At("run"),
            "--json");
        call.ExitCode.ShouldBe(code, call.Error);
        if (code == 0) return;
        call.Error.ShouldContain("the strategy of the batch failed");
        call.Error.ShouldContain("FailsAtOnce()@COINUSDT:1h: NotSupportedException: this bar cannot be read");
        JsonDocument.Parse(call.Output).RootElement.GetProperty("strategies").GetInt32().ShouldBe(1, "the outcome is printed all the same");
    }
}
