using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
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
        var run = await RunAsync(folder, Batch(adjust));

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
        Page(run);
    }

    /// <summary>The account is in euros: sections of rolls and currencies, from the fills in dollars and the rates.</summary>
    [Fact]
    public async Task A_chain_in_another_currency_has_its_amounts_in_the_currency_of_the_account()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(5);
        // Euros for a dollar, known from the midnight of a day on.
        var (rate, rates) = (0.9, new SortedDictionary<DateTime, double>());
        for (var day = s_from[0].AddDays(-5); day < s_from[0].AddDays(500); day = day.AddDays(1))
            rates[day] = rate = Math.Round(rate * (1 + 0.02 * (random.NextDouble() - 0.5)), 6);
        folder.Write("rates.csv", "time,USDEUR\n" + string.Concat(rates.Select(r => $"{r.Key:yyyy-MM-dd},{r.Value}\n")));
        var batch = Batch("none");
        batch["account"]!["currency"] = "EUR";
        batch["data"]!["fx"] = "rates.csv";
        foreach (var (_, instrument) in batch["data"]!["instruments"]!.AsObject()) instrument!["currency"] = "USD";
        var run = await RunAsync(folder, batch);

        var (dollars, last) = Currencies(run, rates);
        Rolls(run, rates, last);
        var page = new PageCheck(ReportPage.Read(Path.Combine(run.Folder, "report.html")));
        page.Table("Balances in other currencies at the end",
        [
            new Cells
            {
                ["Currency"] = "USD",
                ["Balance"] = dollars,
                ["Rate in EUR"] = last,
                ["Value in EUR"] = dollars * last,
            },
        ]);
        page.Differences.ShouldBeEmpty();
    }

    // Row by row: what the account is worth, and how much of its return is price and how much currency.
    private static (double Dollars, double LastRate) Currencies(RunFiles run, SortedDictionary<DateTime, double> rates)
    {
        var fills = Table(run, "portfolio_fills.csv");
        var (dollars, positions) = (0.0, new Dictionary<(string Contract, int Depth), double>());
        var (next, parts, before) = (0, (Price: 0.0, Currency: 0.0, Product: 0.0), (Worth: 0.0, Rate: double.NaN));
        var all = run.PortfolioFills();
        foreach (var row in run.Equity())
        {
            for (; next < all.Count && all[next].Time <= row.Time; next++)
            {
                dollars -= Book(all[next], positions);
                fills.Number(fills.Rows[next], "rate").ShouldBe(rates[all[next].Time], 1e-12);
            }
            var worth = dollars + positions.Sum(p => p.Value * s_bars[p.Key.Contract][row.Time].Close * Multiplier);
            var now = rates[row.Time.AddDays(1)];
            row.Equity.ShouldBe(Cash + worth * now, 1e-6 * Cash, $"{row.Time:yyyy-MM-dd}");
            var old = double.IsNaN(before.Rate) ? now : before.Rate;
            parts.Price += (worth - before.Worth) * old;
            parts.Currency += before.Worth * (now - old);
            parts.Product += (worth - before.Worth) * (now - old);
            before = (worth, now);
        }
        var section = run.Results.GetProperty("currency");
        section.GetProperty("price").GetDouble().ShouldBe(parts.Price / Cash, 1e-9);
        section.GetProperty("currency").GetDouble().ShouldBe(parts.Currency / Cash, 1e-9);
        section.GetProperty("product").GetDouble().ShouldBe(parts.Product / Cash, 1e-9);
        var balance = section.GetProperty("balances").EnumerateArray().Single();
        balance.GetProperty("amount").GetDouble().ShouldBe(dollars, 1e-6 * Cash);
        balance.GetProperty("rate").GetDouble().ShouldBe(before.Rate, 1e-12);
        return (dollars, before.Rate);
    }

    // A trade is counted at the rate of its last fill, an open one at that of the last close; an order pays at its own rate.
    private static void Rolls(RunFiles run, SortedDictionary<DateTime, double> rates, double last)
    {
        var (fills, trades, rolls) = (Table(run, "portfolio_fills.csv"), Table(run, "portfolio_trades.csv"), Table(run, "rolls.csv"));
        double Ended(string[] row) => trades.Text(row, "exit_reason") == "open" ? last : rates[trades.Time(row, "exit_time")];
        double rolled = 0, priced = 0;
        foreach (var row in trades.Rows)
        {
            var own = rolls.Rows.Where(r => rolls.Text(r, "account") == "portfolio" && IsOf(rolls, r, trades, row)).ToList();
            var dollars = own.Sum(r => rolls.Number(r, "pnl"));
            trades.Number(row, "roll_pnl").ShouldBe(dollars * Ended(row), 1e-5);
            rolled += dollars * Ended(row);
            var sign = trades.Text(row, "side") == "long" ? 1 : -1;
            priced += sign * (trades.Number(row, "exit_price") - trades.Number(row, "entry_price")) * trades.Number(row, "quantity")
                * Multiplier * Ended(row);
        }
        var sums = run.Results.GetProperty("rolls");
        sums.GetProperty("rollProfit").GetDouble().ShouldBe(rolled, 1e-4);
        sums.GetProperty("priceProfit").GetDouble().ShouldBe(priced, 1e-4);
        sums.GetProperty("commission").GetDouble().ShouldBe(fills.Rows.Where(r => fills.Text(r, "kind") == "roll")
            .Sum(r => fills.Number(r, "commission") * rates[fills.Time(r, "time")]), 1e-5);
        var traded = fills.Rows.Sum(r => Math.Abs(fills.Number(r, "price") * fills.Number(r, "quantity")) * Multiplier
            * rates[fills.Time(r, "time")]);
        run.Results.GetProperty("portfolio").GetProperty("traded").GetDouble().ShouldBe(traded, 1e-9 * traded);
    }

    private static CsvTable Table(RunFiles run, string name) => CsvTable.Read(Path.Combine(run.Folder, name));

    // A roll within the time of a trade of its strategy, symbol and side: there is one at a time.
    private static bool IsOf(CsvTable rolls, string[] roll, CsvTable trades, string[] trade) =>
        new[] { "strategy", "symbol", "side" }.All(c => rolls.Text(roll, c) == trades.Text(trade, c))
        && rolls.Time(roll, "time") > trades.Time(trade, "entry_time") && rolls.Time(roll, "time") <= trades.Time(trade, "exit_time")
        && (trades.Text(trade, "exit_reason") == "open" || rolls.Time(roll, "time") < trades.Time(trade, "exit_time")
            || rolls.Number(roll, "quantity") > 0);

    private static async Task<RunFiles> RunAsync(TemporaryFolder folder, JsonObject batch)
    {
        foreach (var (name, bars) in s_bars) MarketBar.Write(folder.File($"bars/{name}.csv"), bars.Values.OrderBy(b => b.Time));
        folder.Write("rolls.csv", "date,contract\n"
            + string.Concat(Enumerable.Range(1, 4).Select(i => $"{s_from[i]:yyyy-MM-dd},{s_names[i]}\n")));
        await GranaryCommand.RunAsync("backtest", folder.Write("batch.json", batch.ToJsonString()), "--out", folder.File("run"),
            "--quiet", "--no-guards");
        return new RunFiles(folder.File("run"));
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

    private static void Page(RunFiles run)
    {
        var check = new PageCheck(ReportPage.Read(Path.Combine(run.Folder, "report.html")));
        SectionOfPage(check, run);
        Traded(check, run);
        check.Differences.ShouldBeEmpty();
    }

    private static void SectionOfPage(PageCheck check, RunFiles run)
    {
        var (trades, rolls) = (Table(run, "portfolio_trades.csv"), Table(run, "rolls.csv"));
        var own = rolls.Rows.Where(r => rolls.Text(r, "account") == "portfolio").ToList();
        List<Cells> rows = [.. own.Select(r => rolls.Text(r, "symbol")).Distinct().Order(StringComparer.Ordinal).Select(symbol =>
        {
            var ofTrades = trades.Rows.Where(r => trades.Text(r, "symbol") == symbol).ToList();
            var ofRolls = own.Where(r => rolls.Text(r, "symbol") == symbol).ToList();
            var (profit, rolled) = (ofTrades.Sum(r => trades.Number(r, "pnl")), ofRolls.Sum(r => rolls.Number(r, "pnl")));
            return new Cells
            {
                ["Market"] = symbol,
                ["Rolls"] = ofRolls.Count,
                ["Profit of prices"] = profit - rolled,
                ["Profit of rolls"] = rolled,
                ["Together"] = profit,
                ["Commission of rolls"] = ofRolls.Sum(r => rolls.Number(r, "commission")),
            };
        })];
        check.Table("Profit of prices and of rolls by market", rows);
        foreach (var (row, symbol) in rows.Zip(run.Results.GetProperty("rolls").GetProperty("symbols").EnumerateArray()))
            foreach (var (name, key) in new[] { ("Rolls", "rolls"), ("Profit of prices", "priceProfit"), ("Profit of rolls", "rollProfit"),
                ("Commission of rolls", "commission") })
                symbol.GetProperty(key).GetDouble().ShouldBe(row[name].Number, 1e-5, key);
        const string Lead = "Open trades moved to the next contract {} times. Prices brought {}, and rolls {}: that is what the prices of "
            + "a position jumped by without any gain. The orders of rolls paid {} of commission.";
        check.Sentences.Says(Lead, own.Count, rows.Sum(r => r["Profit of prices"].Number), rows.Sum(r => r["Profit of rolls"].Number),
            rows.Sum(r => r["Commission of rolls"].Number));
        check.Sentences.Unchecked.ShouldNotContain(s => s.StartsWith("Open trades moved", StringComparison.Ordinal));
    }

    // What was bought and sold: each of the two orders of a roll counts.
    private static void Traded(PageCheck check, RunFiles run)
    {
        double Value(FillRow fill) => Math.Abs(fill.Price * fill.Quantity) * Multiplier;
        var (fills, equity, trades) = (run.PortfolioFills(), run.Equity(), Table(run, "portfolio_trades.csv"));
        var traded = fills.Sum(Value);
        run.Results.GetProperty("portfolio").GetProperty("traded").GetDouble().ShouldBe(traded, 1e-9 * traded);
        foreach (var (caption, name, value) in new[]
        {
            ("Exposure and turnover", "Bought and sold", traded),
            ("Exposure and turnover", "Turnover a year",
                traded / equity.Average(r => r.Equity) / ((equity[^1].Time - equity[0].Time).TotalDays / 365.25)),
            ("Costs", "Commission per volume traded", trades.Rows.Sum(r => trades.Number(r, "commission")) / traded),
        })
            check.Number($"{caption}, {name}", check.Page.Tables.First(t => t.Caption == caption).Rows
                .First(r => r[0].TrimEnd('°') == name)[1], value);
        var capacity = check.Page.Tables.First(t => t.Caption == "Capacity by market");
        foreach (var row in capacity.Rows)
        {
            var sizes = fills.Where(f => f.Symbol == row[0]).Select(f =>
                Value(f) / (equity.LastOrDefault(e => e.Time < f.Time)?.Equity ?? Cash)).ToArray();
            check.Number($"{row[0]}, bought and sold", row[1], fills.Where(f => f.Symbol == row[0]).Sum(Value));
            check.Number($"{row[0]}, median fill", row[3], DailyCurve.Quantile(sizes, 0.5));
            check.Number($"{row[0]}, large fill", row[4], DailyCurve.Quantile(sizes, 0.95));
        }
    }
}
