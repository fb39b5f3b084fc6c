using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>
/// Funding and liquidations of samples/perpetual.json with isolated margin are computed again by <c>Figures/perpetual.py</c>, with numpy.
/// </summary>
public sealed class PerpetualTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(20, 0.0005, 100)]
    [InlineData(7, 0.001, 3)]
    public async Task Funding_and_liquidations_of_the_sample_follow_from_its_trades_fills_bars_rates_and_steps(double leverage,
        double liquidationFee, int fewest)
    {
        SkipWithoutPython();
        var tiers = _folder.Write("tiers.csv", "from,ratePercent,maxLeverage\n0,0.5,50\n20000,1,25\n60000,2.5,20\n");
        var batch = JsonNode.Parse(await File.ReadAllTextAsync(Repository.Sample("perpetual.json"), TestContext.Current.CancellationToken),
            null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;
        batch["data"]!["source"] = "csv:" + Repository.Sample("data/1h");
        batch["data"]!["funding"] = Repository.Sample("funding.csv");
        batch["execution"] = new JsonObject
        {
            ["commissionPercent"] = 0.05,
            ["slippagePercent"] = 0.02,
            ["margin"] = "isolated",
            ["leverage"] = leverage,
            ["marginTiers"] = tiers,
            ["liquidationFeePercent"] = liquidationFee * 100,
        };
        await GranaryCommand.RunAsync("backtest", _folder.Write("perpetual.json", batch.ToJsonString()), "--out", _folder.File("run"),
            "--quiet", "--no-guards");
        var answer = await ComputeAsync([_folder.File("run"), Repository.Sample("data/1h"), Repository.Sample("funding.csv"), tiers,
            $"{leverage}", FormattableString.Invariant($"{liquidationFee}"), "0.0005", "0.0002", "2022-07-01"]);
        answer.GetProperty("wrong").EnumerateArray().Select(w => w.GetString()).ShouldBeEmpty();
        answer.GetProperty("compared").GetInt32().ShouldBeGreaterThan(3_000);
        answer.GetProperty("liquidated").GetInt32().ShouldBeGreaterThan(fewest);
    }

    private static async Task<JsonElement> ComputeAsync(string[] arguments)
    {
        var script = Path.Combine(Repository.Root, "tests", "Granary.Recompute.Tests", "Figures", "perpetual.py");
        using var process = Process.Start(new ProcessStartInfo(Python, [script, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var answer = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return JsonDocument.Parse(answer).RootElement;
    }

    private static void SkipWithoutPython()
    {
        var has = false;
        if (File.Exists(Python))
        {
            using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import numpy"])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            })!;
            process.WaitForExit();
            has = process.ExitCode == 0;
        }
        Assert.SkipUnless(has, $"{Python} with numpy is missing: apt-get install python3-numpy");
    }
}
