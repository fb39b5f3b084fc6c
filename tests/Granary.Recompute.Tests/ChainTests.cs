using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>
/// A future as a chain of contracts: every fill is at a price of the contract of its day, and the portfolio is worth at each close what the
/// fills of each contract have brought.
/// </summary>
public class ChainTests
{
    private const double Cash = 1_000_000, Commission = 0.0001, Slippage = 0.0002, Multiplier = 50;

    private static readonly string[] s_names = ["ESH22", "ESM22", "ESU22", "ESZ22", "ESH23", "ESM23"];

    // The day from which each contract is the first one; two of them are in one week.
    private static readonly DateTime[] s_from =
        [Day("2022-01-03"), Day("2022-03-11"), Day("2022-06-10"), Day("2022-09-12"), Day("2022-09-15")];

    private static readonly FrozenDictionary<string, FrozenDictionary<DateTime, MarketBar>> s_bars = Draw();

    private static DateTime Day(string text) => DateTime.SpecifyKind(DateTime.Parse(text), DateTimeKind.Utc);

    // One base, from which each contract differs by its own distance and its own noise.
    private static FrozenDictionary<string, FrozenDictionary<DateTime, MarketBar>> Draw()
    {
        var random = new RandomMarket(76);
        var all = random.Bars(RandomMarket.Weekdays(Day("2022-01-03"), 330), 0.01);
        return s_names.Index().ToFrozenDictionary(n => n.Item, n => all.ToFrozenDictionary(b => b.Time, b =>
        {
            double Of(double price) => 4_000 + 10 * price + 33 * n.Index + Math.Round(random.Random.NextDouble() * 4, 2);
            var (open, close) = (Of(b.Open), Of(b.Close));
            return new MarketBar(b.Time, open, Math.Max(open, close) + 3, Math.Min(open, close) - 3, close, 1_000);
        }));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("difference")]
    [InlineData("ratio")]
    public async Task The_portfolio_is_worth_what_the_trades_of_each_contract_have_brought(string adjust)
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, bars) in s_bars) MarketBar.Write(folder.File($"bars/{name}.csv"), bars.Values.OrderBy(b => b.Time));
        folder.Write("rolls.csv", "date,contract\n"
            + string.Concat(Enumerable.Range(1, 4).Select(i => $"{s_from[i]:yyyy-MM-dd},{s_names[i]}\n")));
        await GranaryCommand.RunAsync("backtest", folder.Write("batch.json", Batch(adjust).ToJsonString()), "--out", folder.File("run"),
            "--quiet", "--no-guards");
        var run = new RunFiles(folder.File("run"));

        var (cash, positions) = (Cash, new Dictionary<(string Contract, int Depth), double>());
        var fills = run.PortfolioFills();
        fills.Count(f => f.Kind == "roll").ShouldBeGreaterThan(20);
        var next = 0;
        foreach (var row in run.Equity())
        {
            for (; next < fills.Count && fills[next].Time <= row.Time; next++) cash -= Book(fills[next], positions);
            var value = positions.Sum(p => p.Value * s_bars[p.Key.Contract][row.Time].Close * Multiplier);
            row.Equity.ShouldBe(cash + value, 1e-6 * Cash, $"{row.Time:yyyy-MM-dd}");
            foreach (var (key, quantity) in positions)
                if (Math.Abs(quantity) > 1e-9)
                    key.Contract.ShouldBe(Held(row.Time, key.Depth), $"{row.Time:yyyy-MM-dd}: nothing of an earlier contract stays open");
        }

        Rows(run, "portfolio_trades.csv", run.Equity()[^1].Equity - Cash);
        foreach (var strategy in run.Strategies)
            run.TradesOf(strategy.GetProperty("id").GetString()!).Sum(t => t.NetProfit).ShouldBe(
                strategy.GetProperty("stats").GetProperty("finalEquity").GetDouble() - Cash, 1e-5);
        Section(run);
    }

    private static string Held(DateTime day, int depth) => s_names[s_from.Count(f => f <= day) - 2 + depth];

    private static JsonObject Batch(string adjust)
    {
        JsonNode Chain(int depth) => JsonNode.Parse($$"""
            { "multiplier": 50, "margin": 5000, "chain": { "contracts": "ES*", "roll": { "by": "dates", "dates": "rolls.csv" },
              "adjust": "{{adjust}}", "depth": {{depth}} } }
            """)!;
        return new JsonObject
        {
            ["name"] = "chain",
            ["data"] = new JsonObject
            {
                ["source"] = "csv:bars",
                ["symbols"] = new JsonArray("ES", "NEXT"),
                ["timeframe"] = "1d",
                ["instruments"] = new JsonObject { ["ES"] = Chain(1), ["NEXT"] = Chain(2) },
            },
            ["account"] = new JsonObject { ["cash"] = Cash },
            ["execution"] = new JsonObject { ["commissionPercent"] = 100 * Commission, ["slippagePercent"] = 100 * Slippage },
            ["strategies"] = JsonNode.Parse("""
                [{ "class": "SmaCross", "params": { "fast": [3, 5], "slow": [10, 20] }, "sides": "both", "size": { "units": 3 } },
                 { "class": "BuyAndHold", "size": { "units": 2 } },
                 { "class": "PairsSpread", "symbols": ["ES", "NEXT"], "params": { "period": 20, "entry": 1 }, "sides": "both" }]
                """),
            ["portfolio"] = new JsonObject { ["weights"] = "equal" },
            ["outputs"] = "all",
        };
    }

    // Books a fill at the price that the contract's own bar gives; returns what it cost.
    private static double Book(FillRow fill, Dictionary<(string, int), double> positions)
    {
        var depth = fill.Symbol == "ES" ? 1 : 2;
        var closes = fill.Kind == "roll" && fill.Quantity < 0;
        var contract = Held(closes ? fill.Time.AddTicks(-1) : fill.Time, depth);
        var signed = fill.Sign * fill.Quantity * (fill.Kind == "exit" ? -1 : 1);
        var bar = s_bars[contract][fill.Time];
        var price = bar.Open * (1 + Math.Sign(signed) * Slippage);
        fill.Price.ShouldBe(price, 1e-6, $"{fill.Kind} of {contract} on {fill.Time:yyyy-MM-dd}");
        fill.Commission.ShouldBe(fill.Price * Math.Abs(signed) * Multiplier * Commission, 1e-6);
        positions[(contract, depth)] = positions.GetValueOrDefault((contract, depth)) + signed;
        return signed * fill.Price * Multiplier + fill.Commission;
    }

    // Prices of entry and exit are those of their own contracts; the profit is theirs and that of the rolls.
    private static void Rows(RunFiles run, string name, double gain)
    {
        var table = CsvTable.Read(Path.Combine(run.Folder, name));
        foreach (var (row, trade) in table.Rows.Zip(run.Trades(name)))
        {
            var depth = trade.Symbol == "ES" ? 1 : 2;
            table.Text(row, "contract").ShouldBe(Held(trade.ExitTime, depth));
            trade.EntryPrice.ShouldBe(s_bars[Held(trade.EntryTime, depth)][trade.EntryTime].Open * (1 + trade.Sign * Slippage), 1e-6);
            (trade.Profit - table.Number(row, "roll_pnl")).ShouldBe(
                trade.Sign * (trade.ExitPrice - trade.EntryPrice) * trade.Quantity * Multiplier, 1e-5);
        }
        run.Trades(name).Sum(t => t.NetProfit).ShouldBe(gain, 1e-5);
    }

    private static void Section(RunFiles run)
    {
        var (rolls, trades) = (CsvTable.Read(Path.Combine(run.Folder, "rolls.csv")),
            CsvTable.Read(Path.Combine(run.Folder, "portfolio_trades.csv")));
        var own = rolls.Rows.Where(r => rolls.Text(r, "account") == "portfolio").ToList();
        var rolled = trades.Rows.Sum(r => trades.Number(r, "roll_pnl"));
        own.Sum(r => rolls.Number(r, "pnl")).ShouldBe(rolled, 1e-5);
        var section = run.Results.GetProperty("rolls");
        section.GetProperty("rolls").GetInt32().ShouldBe(own.Count);
        section.GetProperty("rollProfit").GetDouble().ShouldBe(rolled, 1e-5);
        section.GetProperty("priceProfit").GetDouble().ShouldBe(trades.Rows.Sum(r => trades.Number(r, "pnl")) - rolled, 1e-5);
        section.GetProperty("commission").GetDouble().ShouldBe(own.Sum(r => rolls.Number(r, "commission")), 1e-6);
        foreach (var row in own)
            (rolls.Text(row, "from"), rolls.Text(row, "to")).ShouldBe((Held(rolls.Time(row, "time").AddTicks(-1),
                rolls.Text(row, "symbol") == "ES" ? 1 : 2), Held(rolls.Time(row, "time"), rolls.Text(row, "symbol") == "ES" ? 1 : 2)));
    }
}
