using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The figures of single strategies while a live session runs follow from trades and bars.</summary>
public class LiveStrategyTests
{
    private const double Cash = 100_000, Commission = 0.001;
    private const int Seen = 200;

    [Fact]
    public async Task Bars_trades_equity_and_position_of_a_running_strategy_follow_from_its_trades_and_the_bars()
    {
        using var folder = new TemporaryFolder();
        var bars = new RandomMarket(12).Bars(RandomMarket.Weekdays(new DateTime(2019, 1, 1, 0, 0, 0, DateTimeKind.Utc), Seen + 40), 0.02);
        MarketBar.Write(folder.File("data/AAA.csv"), bars);
        var batch = folder.Write("batch.json", $$"""
            { "name": "strategies", "account": { "cash": {{Cash}} },
              "data": { "source": "csv:data", "symbols": "*", "timeframe": "1d", "to": "{{bars[Seen].Time:yyyy-MM-dd}}" },
              "execution": { "commissionPercent": 0.1 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [3, 6], "slow": [15, 25] }, "sides": "both",
                "size": { "percentOfEquity": 20 } }],
              "portfolio": { "weights": "equal" } }
            """);
        await GranaryCommand.RunAsync("backtest", batch, "--out", folder.File("backtest"), "--quiet", "--no-guards");
        var backtest = new RunFiles(folder.File("backtest"));
        using var server = await GranaryServer.StartAsync(folder);
        // The last of the bars that are seen is the feed's first; the next one comes an hour later, so that the session stands still.
        using var started = await server.Client.PostAsJsonAsync("sessions", new JsonObject
        {
            ["configuration"] = await File.ReadAllTextAsync(folder.File("backtest/prod.json")),
            ["file"] = folder.File("backtest/prod.json"),
            ["folder"] = folder.Path,
            ["feed"] = "csv:data",
            ["warmUp"] = "csv:data",
            ["from"] = $"{bars[Seen - 1].Time:yyyy-MM-dd}",
            ["pace"] = "fixed:1h",
            ["account"] = "paper",
            ["withoutEvidence"] = true,
        });
        started.IsSuccessStatusCode.ShouldBeTrue(await started.Content.ReadAsStringAsync());

        var market = new Dictionary<string, List<MarketBar>>(StringComparer.Ordinal) { ["AAA"] = bars[..Seen] };
        foreach (var id in backtest.Strategies.Select(s => s.GetProperty("id").GetString()!))
        {
            var shown = await server.UntilAsync($"sessions/paper/strategies/{Uri.EscapeDataString(id)}",
                s => s.GetProperty("bars").GetInt64() == Seen);
            var trades = backtest.TradesOf(id);
            trades.Count(t => !t.IsOpen).ShouldBeGreaterThan(1, id);
            shown.GetProperty("trades").GetInt64().ShouldBe(trades.Count(t => !t.IsOpen), id);
            var account = new RebuiltAccount(Cash, Commission).Rows(trades, market);
            shown.GetProperty("equity").GetDouble().ShouldBe(account[^1].Equity, 1e-6 * Cash, id);
            shown.GetProperty("weight").GetDouble().ShouldBe(1.0 / backtest.Strategies.Count, 1e-12, id);
            Held(shown).ShouldBe(trades.Where(t => t.IsOpen).Sum(t => t.Sign * t.Quantity), 1e-9, id);
        }
        backtest.StrategyTrades().ShouldContain(t => t.IsOpen);
    }

    private static double Held(JsonElement strategy) => strategy.GetProperty("positions").EnumerateObject().Sum(p => p.Value.GetDouble());
}
