using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>A session of a futures account at the paper broker, beside the backtest of the same bars and funding.</summary>
public sealed class FundingSessionTests
{
    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private const string Strategies = """
        { "class": "SmaCross", "params": { "fast": [10, 20], "slow": 60 }, "size": { "percentOfEquity": 40 } },
        { "class": "DonchianBreakout", "params": { "period": 20, "exit": 10 }, "size": { "percentOfEquity": 20 } }
        """;

    [Fact]
    public async Task A_session_equals_its_backtest_to_the_last_digit_also_if_it_is_ended_and_started_again()
    {
        using var folder = new TestFolder();
        FundingFiles.OfSamples(folder.At("funding.csv"));
        var batch = folder.Write("perpetual.json", $$"""
            { "name": "perpetual", "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "1h",
                "to": "2022-02-01", "funding": "funding.csv" },
              "execution": { "commissionPercent": 0.05 }, "strategies": [ {{Strategies}} ], "portfolio": { "weights": "equal" } }
            """);
        await Run("backtest", batch, "--out", folder.At("backtest"), "--quiet", "--no-guards");
        await Live(folder, "whole", "2022-02-01");
        // Ended at a funding of 20:00, between two of them, and again.
        foreach (var to in (string[])["2022-01-08T20:00:00Z", "2022-01-15T13:00:00Z", "2022-01-15T14:00:00Z", "2022-02-01"])
            await Live(folder, "parts", to);

        var backtest = Json(folder, "backtest/results.json");
        var stats = backtest.GetProperty("portfolio").GetProperty("stats");
        stats.GetProperty("funding").GetDouble().ShouldNotBe(0);
        foreach (var session in (string[])["whole", "parts"])
        {
            var live = Json(folder, $"{session}/results.json");
            live.GetProperty("digest").GetString().ShouldBe(backtest.GetProperty("digest").GetString(), session);
            File.ReadAllText(folder.At($"{session}/equity.csv")).ShouldBe(File.ReadAllText(folder.At("backtest/equity.csv")));
            File.ReadAllText(folder.At($"{session}/portfolio_trades.csv"))
                .ShouldBe(File.ReadAllText(folder.At("backtest/portfolio_trades.csv")));
            live.GetProperty("funding").GetRawText().ShouldBe(backtest.GetProperty("funding").GetRawText());
            var account = Json(folder, $"{session}/account.json");
            account.GetProperty("funding").GetDouble().ShouldBe(stats.GetProperty("funding").GetDouble(), 1e-9);
            account.GetProperty("equity").GetDouble().ShouldBe(stats.GetProperty("finalEquity").GetDouble(), 1e-6);
        }
        Json(folder, "parts/account.json").GetProperty("equity").GetRawText()
            .ShouldBe(Json(folder, "whole/account.json").GetProperty("equity").GetRawText());
        // The replay of the journal has booked the same funding as the run.
        var whys = await Task.WhenAll(((string[])["backtest", "parts-state"]).Select(source => GranaryCall.RunAsync("why",
            folder.At(source), "--strategy", "SmaCross(fast=10,slow=60)@COINUSDT:1h", "--at", "2022-01-31T20:00:00Z", "--json")));
        whys.ShouldAllBe(w => w.ExitCode == 0, whys[1].Error);
        whys[1].Output.ShouldContain("\"cash\"");
        var (of, by) = (JsonDocument.Parse(whys[0].Output).RootElement, JsonDocument.Parse(whys[1].Output).RootElement);
        foreach (var part in (string[])["before", "after", "portfolio"])
            by.GetProperty(part).GetRawText().ShouldBe(of.GetProperty(part).GetRawText(), part);
    }

    [Fact]
    public async Task Rates_are_imported_into_a_store_from_which_a_batch_reads_them()
    {
        using var folder = new TestFolder();
        FundingFiles.OfSamples(folder.At("funding.csv"));
        string Batch(string name, string funding) => folder.Write(name + ".json", $$"""
            { "name": "{{name}}", "data": { "source": "csv:{{Bars}}", "symbols": ["COINUSDT"], "timeframe": "1h", "to": "2022-02-01",
                "funding": "{{funding}}" },
              "execution": { "commissionPercent": 0.05 }, "strategies": [ {{Strategies}} ], "portfolio": { "weights": "equal" } }
            """);
        var first = await GranaryCall.RunAsync(["data", "funding", folder.At("funding.csv"), "--store", folder.At("store")]);
        (first.ExitCode, first.Error).ShouldBe((0, ""));
        first.Output.ShouldContain("COINUSDT: 3,288 funding rates, 2021-12-31T00:00:00Z to 2023-07-01T20:00:00Z");
        first.Output.ShouldContain("6,576 rows new or changed");
        (await GranaryCall.RunAsync(["data", "funding", folder.At("funding.csv"), "--store", folder.At("store")])).Output
            .ShouldContain("0 rows new or changed");
        await Run("data", "funding", folder.At("funding.csv"), "--out", folder.At("copy.csv"), "--quiet");
        await Run("backtest", Batch("file", "funding.csv"), "--out", folder.At("file"), "--quiet", "--no-guards");
        await Run("backtest", Batch("store", "store:store"), "--out", folder.At("from-store"), "--quiet", "--no-guards");
        await Run("backtest", Batch("copy", "copy.csv"), "--out", folder.At("copy"), "--quiet", "--no-guards");
        foreach (var run in (string[])["from-store", "copy"])
            foreach (var file in (string[])["equity.csv", "portfolio_trades.csv"])
                File.ReadAllText(folder.At($"{run}/{file}")).ShouldBe(File.ReadAllText(folder.At($"file/{file}")));
    }

    [Theory]
    [InlineData("data funding FILE", "give --store or --out, where the rates are kept")]
    [InlineData("data funding --store s", "name a file, or give --from-exchange")]
    [InlineData("data funding FILE --store s --from 2024-01-01",
        "--from, --to and --endpoint belong to --from-exchange; leave them out for a file")]
    [InlineData("data funding FILE --store s --symbol NOPE", "has no line of NOPE, but of COINUSDT, GLIMUSDT; correct --symbol")]
    [InlineData("data funding --store s --from-exchange binance-futures --symbol BTCUSDT", "--from-exchange needs --from, the first day")]
    [InlineData("data funding --store s --from-exchange binance --symbol B --from 2024-01-01",
        "'binance' has no history of funding rates; use binance-futures, gateio-futures, kucoin-futures")]
    public async Task A_wrong_import_is_refused_in_one_sentence(string call, string message)
    {
        using var folder = new TestFolder();
        var file = FundingFiles.OfSamples(folder.At("funding.csv"));
        var run = await GranaryCall.RunAsync([.. call.Split(' ').Select(w => w == "FILE" ? file : w == "s" ? folder.At("s") : w)]);
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain(message);
        Directory.Exists(folder.At("s")).ShouldBeFalse();
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
