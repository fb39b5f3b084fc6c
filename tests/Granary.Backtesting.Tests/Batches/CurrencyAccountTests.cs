using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Accounts with markets in several currencies, computed again from the files of the run and of the rates.</summary>
public sealed class CurrencyAccountTests : IDisposable
{
    private const string Portfolio = """{ "weights": "equal", "size": { "cash": 20000 } }""";

    private readonly CurrencyMarkets _markets = new();

    public void Dispose() => _markets.Dispose();

    private BatchSpec Spec(string account, string strategies, string portfolio = Portfolio, string more = "", string fx = "\"csv:rates\"",
        string instruments = "{}") =>
        new BatchReader(TestCatalogues.All).Read("money.json", Encoding.UTF8.GetBytes($$"""
            { "name": "money", "data": { "source": "csv:bars", "symbols": "*", "timeframe": "1d", "fx": {{fx}},
                "instruments": {{instruments}} },
              "account": { "cash": 100000, {{account}} }, "strategies": [ {{strategies}} ], "portfolio": {{portfolio}} {{more}} }
            """), _markets.Folder);

    private string Run => Path.Combine(_markets.Folder, "run");

    private Task<BatchRun> RunAsync(BatchSpec spec) => new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
        new BatchOptions { Out = Run, Validation = false, Yes = true }, null, TestContext.Current.CancellationToken);

    private List<Dictionary<string, string>> Rows(string file) => CsvRows.Of(Path.Combine(Run, file));

    private static double Number(Dictionary<string, string> row, string column) => double.Parse(row[column], CultureInfo.InvariantCulture);

    private static DateTime Day(string text) => DateTime.Parse(text[..10], CultureInfo.InvariantCulture);

    private const string Both = """
        { "class": "SmaCross", "params": { "fast": [5, 10], "slow": 30 }, "sides": "both", "size": { "cash": 20000 },
          "stopLossPercent": 4, "takeProfitPercent": 9 }
        """;

    private const string Parts = """ "takeProfit": [{ "percent": 3, "share": 0.5 }, { "percent": 12 }] """;

    private const string Leverage = """, "execution": { "commissionPercent": 0.1, "leverage": 4 }""";

    [Theory]
    [InlineData("hold", 0)]
    [InlineData("convert", 0)]
    [InlineData("convert", 0.2)]
    public async Task Each_row_is_the_balances_and_positions_at_the_rates_of_its_close(string conversion, double spread)
    {
        var account = $"\"currency\": \"EUR\", \"conversion\": \"{conversion}\""
            + (spread > 0 ? FormattableString.Invariant($", \"fxSpreadPercent\": {spread}") : "");
        await RunAsync(Spec(account, Both, more: Leverage));
        var computed = Computed(conversion == "convert" ? spread / 200 : double.NaN);
        var rows = Rows("equity.csv");
        rows.Count.ShouldBe(260);
        foreach (var row in rows) Number(row, "equity").ShouldBe(computed[Day(row["time"])], 1e-9 * 100_000);
        rows.Count(r => Number(r, "exposure") > 0).ShouldBeGreaterThan(150);
        var results = JsonNode.Parse(File.ReadAllText(Path.Combine(Run, "results.json")))!;
        var parts = results["currency"]!;
        var sum = (double)parts["price"]! + (double)parts["currency"]! + (double)parts["product"]!;
        sum.ShouldBe((double)results["portfolio"]!["stats"]!["totalReturn"]!, 1e-9);
        ((double)parts["currency"]!).ShouldNotBe(0);
        ((double)parts["product"]!).ShouldNotBe(0);
        foreach (var trade in Rows("portfolio_trades.csv").Concat(Rows("trades.csv")))
            foreach (var amount in (string[])["pnl", "commission", "pnl_net"])
                Number(trade, amount).ShouldBe(Number(trade, amount + "_local") * Number(trade, "rate"), 1e-8);
    }

    // Equity by day from the portfolio's fills; the rates of conversions have this spread, NaN = nothing is converted.
    private Dictionary<DateTime, double> Computed(double spread)
    {
        var closes = CurrencyMarkets.Currencies.Keys.ToDictionary(s => s, s =>
            File.ReadLines(Path.Combine(_markets.Folder, "bars", s + ".csv")).Skip(1).Select(l => l.Split(','))
                .ToDictionary(c => Day(c[0]), c => double.Parse(c[4], CultureInfo.InvariantCulture)));
        var fills = Rows("portfolio_fills.csv").ToLookup(f => Day(f["time"]));
        var balances = new Dictionary<string, double> { ["EUR"] = 100_000, ["JPY"] = 0, ["GBX"] = 0, ["USD"] = 0 };
        var held = CurrencyMarkets.Currencies.Keys.ToDictionary(s => s, _ => 0.0);
        var open = new Dictionary<(string, string), (double Quantity, double Cash)>();
        var equity = new Dictionary<DateTime, double>();
        foreach (var day in closes["ACME.DE"].Keys.Order())
        {
            foreach (var fill in fills[day])
            {
                var (symbol, currency) = (fill["symbol"], CurrencyMarkets.Currencies[fill["symbol"]]);
                var sign = (fill["side"] == "long" ? 1 : -1) * (fill["kind"] == "exit" ? -1 : 1);
                var cash = -sign * Number(fill, "quantity") * Number(fill, "price") - Number(fill, "commission");
                balances[currency] += cash;
                held[symbol] += sign * Number(fill, "quantity");
                var key = (fill["strategy"], fill["number"]);
                var trade = open.GetValueOrDefault(key);
                trade = open[key] = (trade.Quantity + sign * Number(fill, "quantity"), trade.Cash + cash);
                if (fill["kind"] != "exit" || Math.Abs(trade.Quantity) > 1e-9 * Number(fill, "quantity")) continue;
                open.Remove(key);
                if (double.IsNaN(spread) || currency == "EUR") continue;
                balances[currency] -= trade.Cash;
                balances["EUR"] += trade.Cash * _markets.InEuros(currency, day) * (trade.Cash > 0 ? 1 - spread : 1 + spread);
            }
            var close = day.AddDays(1);
            equity[day] = balances.Sum(b => b.Value * _markets.InEuros(b.Key, close))
                + held.Sum(h => h.Value * closes[h.Key][day] * _markets.InEuros(CurrencyMarkets.Currencies[h.Key], close));
        }
        return equity;
    }

    [Theory]
    [InlineData("hold")]
    [InlineData("convert")]
    public async Task Two_hundred_random_accounts_end_with_the_cash_of_their_trades(string conversion)
    {
        var random = new Random(11);
        var symbols = CurrencyMarkets.Currencies.Keys.ToList();
        var strategies = Enumerable.Range(0, 200).Select(i => FormattableString.Invariant($$"""
            { "class": "SmaCross", "params": { "fast": {{random.Next(2, 8)}}, "slow": {{random.Next(9, 40)}} },
              "symbols": ["{{symbols[random.Next(symbols.Count)]}}"], "sides": "{{(random.Next(2) == 0 ? "both" : "long")}}",
              "tag": "{{i}}",
              "size": { {{(random.Next(3) switch { 0 => "\"percentOfEquity\": 60", 1 => "\"cash\": 30000", _ => "\"riskPercent\": 2" })}} },
              "stopLossPercent": {{random.Next(2, 9)}}, {{(random.Next(2) == 0 ? Parts : "\"trailingStopPercent\": 5")}} }
            """));
        var run = await RunAsync(Spec($"\"currency\": \"EUR\", \"conversion\": \"{conversion}\"", string.Join(",", strategies), more:
            """
            , "execution": { "commissionPercent": 0.1, "slippagePercent": 0.05, "leverage": 3, "marginRatePercent": 6, "borrowPercent": 4,
                "maintenancePercent": 20 }, "outputs": ["results", "trades"]
            """));
        var (end, trades) = (new DateTime(2023, 12, 30), Rows("trades.csv").ToLookup(t => t["strategy"]));
        run.Model.Strategies.Count.ShouldBe(200);
        run.Model.Strategies.Count(s => trades[s.Id].Any(t => t["carry"] != "0")).ShouldBeGreaterThan(100);
        foreach (var strategy in run.Model.Strategies)
        {
            // What is open is worth what its currency is at the end; what was closed is, too, if it was not converted.
            var gains = trades[strategy.Id].Sum(t => conversion == "convert" && t["exit_reason"] != "open" && !IsOpen(t)
                ? Number(t, "pnl_net") : Number(t, "pnl_net_local") * _markets.InEuros(t["currency"], end));
            strategy.Stats!.FinalEquity.ShouldBe(100_000 + gains, 1e-6, strategy.Id);
        }

        // The closed part of a trade is not converted before the rest is closed.
        bool IsOpen(Dictionary<string, string> part) => trades[part["strategy"]].Any(t => t["exit_reason"] == "open"
            && t["entry_time"] == part["entry_time"]);
    }

    [Fact]
    public async Task At_rates_of_one_the_account_is_that_of_one_currency()
    {
        File.WriteAllText(Path.Combine(_markets.Folder, "ones.csv"), "time,EURUSD,EURJPY,EURGBP\n2022-12-20,1,1,1\n");
        const string Keys = """{ "VOD.L": { "currency": "CHF" } }""";
        await RunAsync(Spec("\"currency\": \"EUR\"", Both, fx: """{ "source": "ones.csv", "maxAge": "1000d" }""", more: Leverage,
            instruments: """{ "VOD.L": { "currency": "GBP" } }"""));
        var converted = Rows("equity.csv").ConvertAll(r => Number(r, "equity"));
        Directory.Delete(Run, recursive: true);
        await RunAsync(Spec("\"riskFreePercent\": 0", Both, more: Leverage, instruments: """{ "*": { "currency": "EUR" } }"""));
        var own = Rows("equity.csv").ConvertAll(r => Number(r, "equity"));
        converted.Count.ShouldBe(own.Count);
        for (var i = 0; i < own.Count; i++) converted[i].ShouldBe(own[i], 1e-6);
        (await Should.ThrowAsync<InputException>(() => RunAsync(
            Spec("\"currency\": \"EUR\"", Both, fx: "\"ones.csv\"", instruments: Keys))))
            .Message.ShouldContain("there is no rate from CHF (VOD.L) to EUR");
    }

    [Fact]
    public async Task The_limit_of_a_currency_bounds_its_positions()
    {
        await RunAsync(Spec("\"currency\": \"EUR\"", Both,
            """{ "weights": "equal", "size": { "cash": 200000 }, "limits": { "maxCurrencyPercent": 15 } }""", Leverage));
        var refused = Rows("signals.csv").Where(s => s["decision"] == "max-currency").Select(s => s["symbol"]).Distinct().ToList();
        refused.ShouldNotBeEmpty();
        refused.ShouldNotContain("ACME.DE");
    }

    [Theory]
    [InlineData("hold", double.NaN)]
    [InlineData("convert", 0)]
    public async Task A_walk_forward_counts_in_the_currency_of_the_account(string conversion, double spread)
    {
        var spec = Spec($"\"currency\": \"EUR\", \"conversion\": \"{conversion}\"", Both, more: Leverage + """
            , "walkForward": { "inSample": "13w", "outOfSample": "4w" }
            """);
        await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Run, Validation = false }, cancellationToken: TestContext.Current.CancellationToken);
        var (computed, rows) = (Computed(spread), Rows("equity.csv"));
        rows.Count.ShouldBeGreaterThan(150);
        foreach (var row in rows) Number(row, "equity").ShouldBe(computed[Day(row["time"])], 1e-9 * 100_000);
    }

    [Theory]
    [InlineData("\"currency\": \"EUR\"", "{ \"source\": \"late.csv\" }", "{}", "the first rate of JPY in EUR is known at 2023-03-01")]
    [InlineData("\"currency\": \"EUR\"", "{ \"source\": \"hole.csv\", \"maxAge\": \"30d\" }", "{}", "older than maxAge (30d)")]
    [InlineData("\"currency\": \"EUR\"", "\"csv:bars\"", "{}", "there is no rate from JPY (6758.T) to EUR")]
    [InlineData("\"currency\": \"EUR\"", "\"csv:none\"", "{}", "money.json, line 1, data.fx")]
    [InlineData("\"currency\": \"Euro\"", "\"csv:rates\"", "{}", "there is no rate from JPY (6758.T) to Euro")]
    [InlineData("\"currency\": \"7\"", "\"csv:rates\"", "{}", "'7' is no currency")]
    [InlineData("\"currency\": \"EUR\", \"fxSpreadPercent\": 1", "\"csv:rates\"", "{}", "it is for \"conversion\": \"convert\"")]
    [InlineData("\"riskFreePercent\": 0", "\"csv:rates\"", "{}", "write the account's as \"account\": { \"currency\": \"EUR\" }")]
    [InlineData("\"currency\": \"EUR\"", "{ \"source\": \"csv:rates\", \"timeframe\": \"1h\" }", "{}", "\"timeframe\": \"1d\"")]
    public async Task What_cannot_be_converted_is_refused_with_one_sentence(string account, string fx, string instruments, string sentence)
    {
        File.WriteAllLines(Path.Combine(_markets.Folder, "late.csv"), ["time,EURUSD,EURJPY,EURGBP", "2023-03-01,1.1,140,0.9"]);
        File.WriteAllLines(Path.Combine(_markets.Folder, "hole.csv"),
            ["time,symbol,rate", "2022-12-20,EURUSD,1.1", "2022-12-20,EURJPY,140", "2022-12-20,EURGBP,0.9", "2023-06-01,EURJPY,150"]);
        (await Should.ThrowAsync<InputException>(async () => await RunAsync(Spec(account, Both, fx: fx, instruments: instruments))))
            .Message.ShouldContain(sentence);
    }

    [Fact]
    public async Task A_name_that_says_nothing_is_taken_as_the_account_s_with_a_note_and_two_readings_are_asked_about()
    {
        File.Copy(Path.Combine(_markets.Folder, "bars", "ACME.DE.csv"), Path.Combine(_markets.Folder, "bars", "IBM.csv"));
        var run = await RunAsync(Spec("\"currency\": \"EUR\"", Both, more: Leverage));
        run.Model.Notes.ShouldContain(n => n.Sentence.StartsWith("Neither the source nor the name says the currency of IBM: it was "
            + "taken as the account's, EUR.", StringComparison.Ordinal));
        File.Move(Path.Combine(_markets.Folder, "bars", "IBM.csv"), Path.Combine(_markets.Folder, "bars", "EURUSD.T.csv"));
        (await Should.ThrowAsync<InputException>(() => RunAsync(Spec("\"currency\": \"EUR\"", Both)))).Message
            .ShouldContain("EURUSD.T can be in USD or in JPY; say which");
    }
}
