using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>What positions cost at the paper broker, beside the backtest of the same bars.</summary>
public sealed class PaperFinancingTests
{
    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    [Theory]
    [InlineData("short", "\"borrowPercent\": 60", "close")]
    [InlineData("short", "\"borrowPercent\": 60", "high")]
    [InlineData("long", "\"leverage\": 3, \"marginRatePercent\": 60", "high")]
    public async Task A_paper_account_ends_where_the_backtest_of_its_bars_ends(string side, string costs, string trail)
    {
        using var folder = new TestFolder();
        var batch = folder.Write("costly.json", $$"""
            { "name": "costly", "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT"], "timeframe": "1h", "to": "2022-02-01" },
              "execution": { "commissionPercent": 0.1, {{costs}} },
              "strategies": [{ "class": "SmaCross", "params": { "fast": 20, "slow": 100 }, "sides": "{{side}}",
                "size": { "percentOfEquity": {{(side == "long" ? 250 : 90)}} }, "trailingStopPercent": 8, "trailFrom": "{{trail}}" }],
              "portfolio": { "weights": "equal" } }
            """);
        await Run("backtest", batch, "--out", folder.At("backtest"), "--quiet", "--no-guards");
        await Run("live", folder.At("backtest/prod.json"), "--feed", "csv:" + Bars, "--to", "2022-02-01", "--broker", "paper", "--state",
            folder.At("state"), "--out", folder.At("live"), "--without-evidence", "--quiet");

        var stats = Json(folder, "backtest/results.json").GetProperty("portfolio").GetProperty("stats");
        var account = Json(folder, "live/account.json");
        var (expected, financing) = (stats.GetProperty("finalEquity").GetDouble(), account.GetProperty("financing").GetDouble());
        financing.ShouldBeLessThan(-100, "holding cost something");
        account.GetProperty("equity").GetDouble().ShouldBe(expected, 1e-6 * expected);
        File.ReadAllText(folder.At("backtest/prod.json")).Contains("\"trailFrom\"").ShouldBe(trail == "high");
    }

    private static JsonElement Json(TestFolder folder, string file) =>
        JsonDocument.Parse(File.ReadAllBytes(folder.At(file))).RootElement;

    private static async Task Run(params string[] call)
    {
        var run = await GranaryCall.RunAsync(call);
        run.ExitCode.ShouldBe(0, run.Error);
    }
}
