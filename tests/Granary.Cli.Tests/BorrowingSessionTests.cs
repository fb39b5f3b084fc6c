using System.Globalization;
using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>A session that borrows and earns at the paper broker, beside the backtest of the same bars and tables.</summary>
public sealed class BorrowingSessionTests
{
    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    [Theory]
    [InlineData("close")]
    [InlineData("block")]
    public async Task A_session_equals_its_backtest_also_if_it_is_ended_and_started_again(string onRecall)
    {
        using var folder = new TestFolder();
        var random = new Random(2);
        string Line(string symbol, int n) => string.Create(CultureInfo.InvariantCulture,
            $"{new DateTime(2021, 12, 31).AddHours(9 * n):yyyy-MM-ddTHH:mm:ssZ},{symbol},{random.Next(40)},")
            + (random.Next(4) == 0 ? "no" : "yes");
        folder.Write("borrow.csv", string.Join('\n', ((string[])["COINUSDT", "GLIMUSDT"])
            .SelectMany(symbol => Enumerable.Range(0, 90).Select(n => Line(symbol, n))).Prepend("time,symbol,fee,available")));
        folder.Write("rate.csv", "date,rate\n2021-12-01,1.5\n2022-01-10,3.25\n2022-01-20,0.25\n");
        var batch = folder.Write("borrow.json", $$"""
            { "name": "borrow", "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h",
                "to": "2022-02-01", "borrow": { "source": "borrow.csv", "delay": "2h", "onRecall": "{{onRecall}}" } },
              "account": { "currency": "USD", "interest": { "USD":
                { "reference": "rate.csv", "cashSpreadPercent": 0.5, "loanSpreadPercent": 2 } } },
              "execution": { "commissionPercent": 0.05, "leverage": 2 },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [10, 20], "slow": 60 }, "sides": "both",
                "size": { "percentOfEquity": 80 } } ], "portfolio": { "weights": "equal" } }
            """);
        await Run("backtest", batch, "--out", folder.At("backtest"), "--quiet", "--no-guards");
        await Live(folder, "whole", "2022-02-01");
        foreach (var to in (string[])["2022-01-08T00:00:00Z", "2022-01-15T13:00:00Z", "2022-02-01"]) await Live(folder, "parts", to);

        var backtest = Json(folder, "backtest/results.json");
        File.ReadAllText(folder.At("backtest/signals.csv")).ShouldContain("not-shortable");
        File.ReadAllText(folder.At("backtest/portfolio_trades.csv")).Contains("recalled", StringComparison.Ordinal)
            .ShouldBe(onRecall == "close");
        var stats = backtest.GetProperty("portfolio").GetProperty("stats");
        foreach (var session in (string[])["whole", "parts"])
        {
            var live = Json(folder, $"{session}/results.json");
            live.GetProperty("digest").GetString().ShouldBe(backtest.GetProperty("digest").GetString(), session);
            File.ReadAllText(folder.At($"{session}/equity.csv")).ShouldBe(File.ReadAllText(folder.At("backtest/equity.csv")));
            live.GetProperty("borrowing").GetRawText().ShouldBe(backtest.GetProperty("borrowing").GetRawText());
            var account = Json(folder, $"{session}/account.json");
            account.GetProperty("financing").GetDouble().ShouldBe(stats.GetProperty("carry").GetDouble(), 1e-6);
            account.GetProperty("equity").GetDouble().ShouldBe(stats.GetProperty("finalEquity").GetDouble(), 1e-6);
        }
    }

    private static Task Live(TestFolder folder, string name, string to) => Run("live", folder.At("backtest/prod.json"), "--feed",
        "csv:" + Bars, "--to", to, "--broker", "paper", "--state", folder.At(name + "-state"), "--out", folder.At(name),
        "--without-evidence", "--quiet");

    private static JsonElement Json(TestFolder folder, string file) =>
        JsonDocument.Parse(File.ReadAllBytes(folder.At(file))).RootElement;

    private static async Task Run(params string[] call)
    {
        var run = await GranaryCall.RunAsync(call);
        run.ExitCode.ShouldBe(0, run.Error);
    }
}
