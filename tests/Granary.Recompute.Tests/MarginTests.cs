using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>
/// Liquidations of random strategies follow from docs/perpetuals.md, the bars, the entries and the table of margins alone: the price is
/// found by halving an interval, not by a formula.
/// </summary>
public class MarginTests
{
    private const double Leverage = 25, LiquidationFee = 0.0005, Commission = 0.0002;

    // From, rate, amount: 60 = 30,000 · 0.2 %, 210 = 60 + 50,000 · 0.3 %.
    private static readonly (double From, double Rate, double Amount)[] s_steps =
        [(0, 0.003, 0), (30_000, 0.005, 60), (50_000, 0.008, 210)];

    public static TheoryData<int> Seeds => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Each_trade_is_liquidated_in_the_bar_and_at_the_price_that_the_table_gives_and_no_other(int seed)
    {
        using var folder = new TemporaryFolder();
        var bars = Hours(new Random(seed), 1_500);
        MarketBar.Write(folder.File("data/AAAUSDT.csv"), bars);
        await File.WriteAllTextAsync(folder.File("tiers.csv"), "from,ratePercent,maxLeverage\n0,0.3,50\n30000,0.5,40\n50000,0.8,25\n",
            TestContext.Current.CancellationToken);
        var run = await RunAsync(folder, seed);
        var liquidated = 0;
        foreach (var trade in run.StrategyTrades())
        {
            var margin = trade.EntryPrice * trade.Quantity / Leverage;
            var end = Liquidation(bars, trade, margin);
            (trade.Reason == "liquidation").ShouldBe(end is not null, $"{trade.EntryTime:s}");
            if (end is not { } found) continue;
            liquidated++;
            trade.ExitTime.ShouldBe(found.Time);
            trade.ExitPrice.ShouldBe(found.Price, 1e-9 * found.Price, $"{trade.EntryTime:s}");
            trade.NetProfit.ShouldBe(-margin - Commission * trade.EntryPrice * trade.Quantity, 1e-6);
        }
        liquidated.ShouldBeGreaterThan(10);
        var own = run.PortfolioTrades().Count(t => t.Reason == "liquidation");
        run.PortfolioStats.GetProperty("liquidations").GetInt32().ShouldBe(own);
        run.PortfolioStats.GetProperty("finalEquity").GetDouble().ShouldBe(1_000_000 + run.PortfolioTrades().Sum(t => t.NetProfit), 1e-5);
    }

    private static (DateTime Time, double Price)? Liquidation(List<MarketBar> bars, TradeRow trade, double margin)
    {
        double Left(double price)
        {
            var notional = price * trade.Quantity;
            var (_, rate, amount) = s_steps.Last(s => notional >= s.From);
            return margin + trade.Sign * (price - trade.EntryPrice) * trade.Quantity
                - (notional * rate - amount) - LiquidationFee * notional;
        }

        foreach (var bar in bars.Where(b => b.Time >= trade.EntryTime))
        {
            if (bar.Time > trade.EntryTime && Left(bar.Open) <= 0) return (bar.Time, bar.Open);
            // Signals close at the open of a bar.
            if (trade.Reason != "liquidation" && !trade.IsOpen && bar.Time >= trade.ExitTime) return null;
            var (good, bad) = (bar.Open, trade.Sign > 0 ? bar.Low : bar.High);
            if (Left(bad) > 0) continue;
            for (var i = 0; i < 200; i++)
            {
                var middle = (good + bad) / 2;
                if (Left(middle) > 0) good = middle;
                else bad = middle;
            }
            return (bar.Time, bad);
        }
        return null;
    }

    // Now and then the market opens far away from the last close.
    private static List<MarketBar> Hours(Random random, int count)
    {
        var (time, price, bars) = (new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc), 100.0, new List<MarketBar>());
        for (var i = 0; i < count; i++)
        {
            var open = price * (1 + (random.NextDouble() - 0.5) * (random.Next(50) == 0 ? 0.12 : 0.004));
            price = open * (1 + (random.NextDouble() - 0.5) * 0.03);
            var (o, c) = (Math.Round(open, 2), Math.Round(price, 2));
            bars.Add(new MarketBar(time, o, Math.Max(o, c) + 0.3, Math.Min(o, c) - 0.3, c, 1_000));
            time = time.AddHours(1);
        }
        return bars;
    }

    private static async Task<RunFiles> RunAsync(TemporaryFolder folder, int seed)
    {
        var batch = new JsonObject
        {
            ["name"] = $"margin-{seed}",
            ["data"] = new JsonObject { ["source"] = "csv:data", ["symbols"] = "*", ["timeframe"] = "1h" },
            ["account"] = new JsonObject { ["cash"] = 1_000_000 },
            ["execution"] = new JsonObject
            {
                ["commissionPercent"] = Commission * 100,
                ["margin"] = "isolated",
                ["leverage"] = Leverage,
                ["marginTiers"] = "tiers.csv",
                ["liquidationFeePercent"] = LiquidationFee * 100,
            },
            ["strategies"] = JsonNode.Parse("""
                [{ "class": "SmaCross", "params": { "fast": [3, 8], "slow": [20, 50] }, "size": { "cash": 31000 } },
                 { "class": "SmaCross", "params": { "fast": 5, "slow": 30 }, "size": { "cash": 9000 }, "tag": "small" },
                 { "class": "RsiReversion", "params": { "period": 5, "low": 30, "high": 70 }, "size": { "cash": 49000 } }]
                """),
            ["portfolio"] = new JsonObject { ["weights"] = "equal" },
            ["outputs"] = "all",
        };
        await GranaryCommand.RunAsync("backtest", folder.Write($"margin-{seed}.json", batch.ToJsonString()), "--out", folder.File("run"),
            "--quiet", "--no-guards");
        return new RunFiles(folder.File("run"));
    }
}
