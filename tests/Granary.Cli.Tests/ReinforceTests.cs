using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

public sealed class ReinforceTests
{
    [Fact]
    public async Task A_training_that_was_killed_goes_on_and_ends_with_the_same_bits()
    {
        using var folder = new TestFolder();
        string[] Train(string name) => ["reinforce", "--env", "pendulum", "--steps", "48000", "--seed", "3", "--threads", "1", "--save",
            folder.At(name), "--json"];
        var undisturbed = await GranaryCall.RunAsync(Train("undisturbed"));
        undisturbed.ExitCode.ShouldBe(0, undisturbed.Error);

        var checkpoint = folder.At("killed/seed-3.checkpoint");
        using (var process = GranaryProcess.Start(folder.Path, Train("killed")))
        {
            // Asked more often than Eventually asks: the training has twenty more checkpoints to go.
            while (!process.HasExited && !File.Exists(checkpoint)) await Task.Delay(5, TestContext.Current.CancellationToken);
            process.HasExited.ShouldBeFalse("the training ended before it could be killed");
            process.Kill();
            await process.WaitForExitAsync();
        }
        File.Exists(folder.At("killed/seed-3.policy")).ShouldBeFalse();
        var end = await GranaryProcess.RunAsync(Train("killed"));
        end.ExitCode.ShouldBe(0, end.Error);

        var (first, second) = (JsonDocument.Parse(undisturbed.Output).RootElement, JsonDocument.Parse(end.Output).RootElement);
        second.GetProperty("digest").GetString().ShouldBe(first.GetProperty("digest").GetString());
        foreach (var name in new[] { "env", "steps", "stepsPerSecond", "seeds", "iqm", "interval" })
            first.TryGetProperty(name, out _).ShouldBeTrue(name);
        File.ReadAllBytes(folder.At("killed/seed-3.policy")).ShouldBe(File.ReadAllBytes(folder.At("undisturbed/seed-3.policy")));

        var policy = await GranaryCall.RunAsync("reinforce", "policy", folder.At("killed"), "--json");
        var json = JsonDocument.Parse(policy.Output).RootElement;
        json.GetProperty("action").GetString().ShouldBe("gaussian");
        json.GetProperty("policy").GetProperty("layers")[0].GetProperty("weights")[0].GetArrayLength().ShouldBe(3);
        json.GetProperty("normalizer").GetProperty("mean").GetArrayLength().ShouldBe(3);

        var other = await GranaryCall.RunAsync([.. Train("killed")[..4], "90000", .. Train("killed")[5..]]);
        other.ExitCode.ShouldBe(2);
        other.Error.ShouldContain("belongs to a training with other settings");
    }

    [Fact]
    public async Task A_batch_that_was_killed_while_its_policies_train_goes_on_and_ends_with_the_same_bits()
    {
        using var folder = new TestFolder();
        var batch = folder.Write("learned.json", $$"""
            { "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}", "symbols": ["COINUSDT"],
              "timeframe": "1h", "to": "2022-08-01" },
              "execution": { "commissionPercent": 0.05 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [5, 8], "slow": 30 }, "size": { "percentOfEquity": 80 } }],
              "portfolio": { "weights": "ppo", "rebalance": { "every": "6w", "window": "10w" },
                "allocator": { "steps": 4000, "seeds": 4, "episode": 100 } } }
            """);
        string[] Train(string name, params string[] more) =>
            ["reinforce", batch, "--threads", "1", "--out", folder.At(name), "--json", .. more];
        var undisturbed = await GranaryCall.RunAsync(Train("undisturbed"));
        undisturbed.ExitCode.ShouldBe(0, undisturbed.Error);

        var kept = folder.At("killed/.progress/allocators");
        using (var process = GranaryProcess.Start(folder.Path, Train("killed")))
        {
            await Eventually.HoldsAsync(() => process.HasExited
                || Directory.Exists(kept) && Directory.GetFiles(kept, "*.allocator").Length > 1);
            process.HasExited.ShouldBeFalse("the batch ended before it could be killed");
            process.Kill();
            await process.WaitForExitAsync();
        }
        File.Exists(folder.At("killed/manifest.json")).ShouldBeFalse();
        var end = await GranaryCall.RunAsync(Train("killed", "--resume"));
        end.ExitCode.ShouldBe(0, end.Error);

        var (first, second) = (JsonDocument.Parse(undisturbed.Output).RootElement, JsonDocument.Parse(end.Output).RootElement);
        second.GetProperty("digest").GetString().ShouldBe(first.GetProperty("digest").GetString());
        second.GetProperty("version").GetString().ShouldBe(first.GetProperty("version").GetString());
        foreach (var file in new[] { "weights.csv", "equity.csv", "portfolio_trades.csv" })
            File.ReadAllBytes(folder.At("killed/" + file)).ShouldBe(File.ReadAllBytes(folder.At("undisturbed/" + file)), file);
        first.GetProperty("improvement").GetArrayLength().ShouldBe(5);
        Directory.Exists(kept).ShouldBeFalse();

        var plain = folder.Write("plain.json", """
            { "data": { "source": "csv:.", "symbols": "*", "timeframe": "1h" }, "strategies": [{ "class": "SmaCross" }] }
            """);
        var refused = await GranaryCall.RunAsync("reinforce", plain);
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("the weights of this batch are not learned");
    }
}
