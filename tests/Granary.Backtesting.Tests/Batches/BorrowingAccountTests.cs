using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>What short positions borrow and what balances earn and pay, with numbers by hand.</summary>
public sealed class BorrowingAccountTests : IDisposable
{
    // One short signal: the close falls below the one before it on the third day.
    private const string Short = """
        { "class": "SmaCross", "params": { "fast": 1, "slow": 2 }, "sides": "short", "size": { "units": 100 } }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-borrow-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Run => Path.Combine(_folder, "run");

    private static DateTime Day(int number) => new DateTime(2024, 1, 1).AddDays(number / 5 * 7 + number % 5);

    // Weekdays from Monday, 1 January 2024 on. Opens are the closes before.
    private void Bars(string symbol, params double[] closes)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "bars"));
        File.WriteAllLines(Path.Combine(_folder, "bars", symbol + ".csv"), closes.Select((close, i) =>
        {
            var open = i == 0 ? close : closes[i - 1];
            return FormattableString.Invariant(
                $"{Day(i):yyyy-MM-dd},{open},{Math.Max(open, close)},{Math.Min(open, close)},{close},1000");
        }).Prepend("date,open,high,low,close,volume"));
    }

    private void Borrow(params string[] lines) => File.WriteAllLines(Path.Combine(_folder, "borrow.csv"), lines);

    // A rise, and then a fall by one each day.
    private static double[] Falling(int days) => [100, 101, .. Enumerable.Range(0, days - 2).Select(i => 100.0 - i)];

    private BatchSpec Spec(string strategies, string account = "", string data = "", string more = "", string portfolio = "",
        string weights = "\"equal\"") =>
        new BatchReader(TestCatalogues.All).Read("borrow.json", Encoding.UTF8.GetBytes($$"""
            { "name": "borrow", "data": { "source": "csv:bars", "symbols": "*", "timeframe": "1d" {{data}} },
              "account": { "cash": 36500 {{account}} }, "strategies": [ {{strategies}} ],
              "portfolio": { "weights": {{weights}} {{portfolio}} }, "outputs": "all" {{more}} }
            """), _folder);

    private async Task<BatchRun> RunAsync(BatchSpec spec)
    {
        if (Directory.Exists(Run)) Directory.Delete(Run, recursive: true);
        return await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Run, Validation = false, Yes = true }, null, TestContext.Current.CancellationToken);
    }

    private List<Dictionary<string, string>> Rows(string file) => CsvRows.Of(Path.Combine(Run, file));

    private static double Number(Dictionary<string, string> row, string column) => double.Parse(row[column], CultureInfo.InvariantCulture);

    private JsonNode Results => JsonNode.Parse(File.ReadAllText(Path.Combine(Run, "results.json")))!;

    private const string Ten = """, "currency": "USD", "interest": { "USD": { "referencePercent": 12, "cashSpreadPercent": 2 } }""";

    [Fact]
    public async Task Cash_gets_interest_for_each_night_and_for_those_of_a_weekend_on_Monday()
    {
        Bars("ACME", 100, 100, 100, 100, 100, 100, 100);
        var run = await RunAsync(Spec(Short, Ten));
        // 10 % of 36,500 over 365 days are 10 a night; what was earned earns too.
        double[] nights = [0, 1, 1, 1, 1, 3, 1];
        var (cash, earned) = (36_500.0, new List<double>());
        foreach (var n in nights) earned.Add(cash += cash * 0.1 / 365 * n);
        Rows("equity.csv").ConvertAll(r => Number(r, "equity")).ShouldBe(earned, 1e-9);
        run.Model.Strategies.Single().Stats!.FinalEquity.ShouldBe(cash, 1e-9);
        var sums = Results["borrowing"]!["currencies"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)sums["currency"]!, (double)sums["interestPaid"]!).ShouldBe(("USD", 0));
        ((double)sums["interestEarned"]!).ShouldBe(cash - 36_500, 1e-9);
        ((double)Results["portfolio"]!["stats"]!["carry"]!).ShouldBe(cash - 36_500, 1e-9);
    }

    [Theory]
    [InlineData(0.3, 0)]
    [InlineData(-0.5, -0.5)]
    [InlineData(4, 3.5)]
    public async Task Cash_gets_nothing_below_its_spread_and_pays_a_negative_rate(double reference, double percent)
    {
        Bars("ACME", 100, 100);
        await RunAsync(Spec(Short, FormattableString.Invariant(
            $$""", "currency": "USD", "interest": { "USD": { "referencePercent": {{reference}}, "cashSpreadPercent": 0.5 } }""")));
        Number(Rows("equity.csv")[^1], "equity").ShouldBe(36_500 * (1 + percent / 36_500), 1e-9);
    }

    [Fact]
    public async Task A_loan_by_the_constant_key_costs_what_a_reference_rate_of_the_same_costs()
    {
        Bars("ACME", [.. Enumerable.Range(0, 60).Select(i => 100 + 8 * Math.Sin(i / 4.0))]);
        const string Long = """
            { "class": "SmaCross", "params": { "fast": 2, "slow": 5 }, "sides": "long", "size": { "percentOfEquity": 180 } }
            """;
        await RunAsync(Spec(Long, more: """, "execution": { "leverage": 2, "marginRatePercent": 7 }"""));
        var constant = Rows("equity.csv").ConvertAll(r => Number(r, "equity"));
        await RunAsync(Spec(Long, """, "currency": "USD", "interest": { "USD": { "loanSpreadPercent": 7 } }""",
            more: """, "execution": { "leverage": 2 }"""));
        Rows("equity.csv").ConvertAll(r => Number(r, "equity")).ShouldBe(constant, 1e-3);
        ((double)Results["borrowing"]!["currencies"]![0]!["interestPaid"]!).ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task A_fee_of_a_table_that_never_changes_is_the_constant_key()
    {
        Bars("ACME", Falling(12));
        await RunAsync(Spec(Short, more: """, "execution": { "borrowPercent": 7.3 }"""));
        var constant = Rows("equity.csv").ConvertAll(r => Number(r, "equity"));
        Borrow("time,symbol,fee", "2023-12-01,ACME,7.3");
        await RunAsync(Spec(Short, data: ", \"borrow\": \"borrow.csv\""));
        Rows("equity.csv").ConvertAll(r => Number(r, "equity")).ShouldBe(constant, 1e-9);
        // A table without fees takes the constant one.
        Borrow("time,symbol,available", "2023-12-01,ACME,yes");
        await RunAsync(Spec(Short, data: ", \"borrow\": \"borrow.csv\"", more: """, "execution": { "borrowPercent": 7.3 }"""));
        Rows("equity.csv").ConvertAll(r => Number(r, "equity")).ShouldBe(constant, 1e-9);
    }

    [Fact]
    public async Task Each_night_costs_the_fee_that_was_known_before_its_midnight()
    {
        Bars("ACME", Falling(8));
        // Known from Saturday on: of the weekend's nights, Friday's has the old fee.
        Borrow("time,symbol,fee", "2023-12-01,ACME,36.5", "2024-01-05,ACME,73");
        await RunAsync(Spec(Short, data: """, "borrow": { "source": "borrow.csv", "delay": "1d" }"""));
        // Entered at the open of Thursday, the fourth bar: nights at the closes 99 (one), 98 (three), 97 and 96 (one each).
        var night = 100 * 0.001;
        ((double)Results["borrowing"]!["currencies"]![0]!["borrowFees"]!).ShouldBe(night * (99 + 98 * (1 + 2 + 2) + (97 + 96) * 2), 1e-9);
        Number(Rows("trades.csv").Single(), "carry").ShouldBe(-night * (99 + 98 * 5 + (97 + 96) * 2), 1e-9);
    }

    [Fact]
    public async Task A_short_entry_beyond_what_can_be_borrowed_is_refused_or_cut_with_its_reason()
    {
        Bars("ACME", Falling(8));
        Borrow("time,symbol,fee,available", "2023-12-01,ACME,1,40");
        await RunAsync(Spec(Short, data: ", \"borrow\": \"borrow.csv\""));
        var refused = Rows("signals.csv").ShouldHaveSingleItem();
        refused.Values.ShouldContain("not-shortable");
        Rows("trades.csv").ShouldBeEmpty();
        var run = await RunAsync(Spec(Short, data: """, "borrow": { "source": "borrow.csv", "onShortage": "cut" }"""));
        Number(Rows("trades.csv").Single(), "quantity").ShouldBe(40);
        run.Model.Notes.ShouldNotContain(n => n.Sentence.Contains("no lines", StringComparison.Ordinal));
    }

    // Two strategies want 60 each. On Friday 80 can be borrowed, and on Monday 70: their own accounts are whole.
    [Theory]
    [InlineData("", 10, 1)]
    [InlineData(", \"limits\": { \"maxGrossPercent\": 20 }", 0, 0)]
    public async Task An_entry_that_the_portfolio_reduces_to_what_can_be_borrowed_counts_once_and_a_refused_one_never(string limits,
        double second, int counted)
    {
        Bars("ACME", 100, 101, 102, 103, 102, 101, 100, 99);
        Borrow("time,symbol,fee,available", "2023-12-01,ACME,1,80", "2024-01-07,ACME,1,70");
        await RunAsync(Spec("""
            { "class": "SmaCross", "params": { "fast": 1, "slow": [2, 3] }, "sides": "short", "size": { "units": 60 } }
            """, data: """, "borrow": { "source": "borrow.csv", "onShortage": "cut" }""", portfolio: limits, weights: """
            { "SmaCross(fast=1,slow=2)@ACME:1d:short": 1, "SmaCross(fast=1,slow=3)@ACME:1d:short": 1 }
            """));
        Rows("trades.csv").Select(t => Number(t, "quantity")).ShouldBe([60, 60]);
        Rows("portfolio_trades.csv").Select(t => Number(t, "quantity")).ShouldBe(second > 0 ? [60, second] : [60]);
        ((int)Results["borrowing"]!["entriesCut"]!).ShouldBe(counted);
    }

    [Fact]
    public async Task Nothing_can_be_borrowed_before_the_first_line_and_without_lines_and_a_note_says_it()
    {
        Bars("ACME", Falling(8));
        Bars("OTHER", Falling(8));
        Borrow("time,symbol,fee,available", "2024-01-05,ACME,1,yes");
        var run = await RunAsync(Spec(Short, data: ", \"borrow\": \"borrow.csv\""));
        Rows("trades.csv").ShouldBeEmpty();
        run.Model.Notes.ShouldContain(n => n.Sentence.StartsWith("data.borrow has no lines of OTHER", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("close", "recalled", 30)]
    [InlineData("block", "open", 100)]
    public async Task A_recall_closes_the_excess_or_leaves_it(string onRecall, string reason, double left)
    {
        Bars("ACME", Falling(10));
        // Known at the close of the second Monday: 70 of 100 go at the open of the day after.
        Borrow("time,symbol,fee,available", "2023-12-01,ACME,1,yes", "2024-01-08,ACME,1,30");
        await RunAsync(Spec(Short, data: $$""", "borrow": { "source": "borrow.csv", "onRecall": "{{onRecall}}" }"""));
        foreach (var file in (string[])["trades.csv", "portfolio_trades.csv"])
        {
            var trades = Rows(file);
            trades.Select(t => t["exit_reason"]).ShouldContain(reason, file);
            Number(trades.Single(t => t["exit_reason"] == "open"), "quantity").ShouldBe(left, file);
            if (left == 30)
                (trades[0]["exit_time"][..10], Number(trades[0], "quantity"), Number(trades[0], "exit_price"))
                    .ShouldBe(("2024-01-09", 70, 97), file);
        }
    }

    [Fact]
    public async Task The_portfolio_closes_what_its_own_larger_quantity_has_too_much_at_the_close_after()
    {
        Bars("ACME", Falling(10));
        Borrow("time,symbol,fee,available", "2023-12-01,ACME,1,yes", "2024-01-08,ACME,1,150");
        await RunAsync(Spec(Short, data: """, "borrow": { "source": "borrow.csv", "onRecall": "close" }""",
            portfolio: ", \"size\": { \"cash\": 20000 }"));
        Rows("trades.csv").Single()["exit_reason"].ShouldBe("open");
        var fills = Rows("portfolio_fills.csv");
        var held = fills.Where(f => f["kind"] == "entry").Sum(f => Number(f, "quantity"));
        held.ShouldBeGreaterThan(150);
        fills.Where(f => f["kind"] == "exit").Sum(f => Number(f, "quantity")).ShouldBe(held - 150, 1e-9);
        Rows("portfolio_trades.csv")[0]["exit_reason"].ShouldBe("recalled");
    }

    // LEAN#7576: a sale of what is held counted as a short sale.
    [Fact]
    public async Task Sales_of_what_is_held_need_nothing_to_borrow()
    {
        Bars("ACME", [.. Enumerable.Range(0, 80).Select(i => 100 + 8 * Math.Sin(i / 6.0))]);
        const string Long = """{ "class": "MonthlyRebalance", "size": { "percentOfEquity": 60 } }""";
        await RunAsync(Spec(Long));
        var (usual, fills) = (Rows("equity.csv").ConvertAll(r => r["equity"]), Rows("portfolio_fills.csv").Count);
        Borrow("time,symbol,fee,available", "2023-12-01,ACME,5,no");
        await RunAsync(Spec(Long, data: ", \"borrow\": \"borrow.csv\""));
        Rows("equity.csv").ConvertAll(r => r["equity"]).ShouldBe(usual);
        Rows("portfolio_fills.csv").Count.ShouldBe(fills);
        fills.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task An_account_of_several_symbols_and_a_walk_forward_earn_as_one()
    {
        Bars("ACME", [.. Enumerable.Range(0, 120).Select(i => 100 + 8 * Math.Sin(i / 4.0))]);
        Bars("BETA", [.. Enumerable.Range(0, 120).Select(i => 50 + 3 * Math.Cos(i / 5.0))]);
        const string Rank = """
            { "class": "MomentumRank", "params": { "lookback": 10, "top": 1, "every": 5 }, "size": { "percentOfEquity": 60 } }
            """;
        var run = await RunAsync(Spec(Rank, Ten));
        var strategy = run.Model.Strategies.Single().Stats!;
        // The portfolio has all of the strategy's trades in its own size.
        run.Model.Portfolio!.FinalEquity.ShouldBe(strategy.FinalEquity, 1e-6);
        Directory.Delete(Run, recursive: true);
        await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(
            Spec("""
                { "class": "SmaCross", "params": { "fast": [2, 3], "slow": [119] }, "sides": "short", "size": { "units": 1 },
                  "symbols": ["ACME"] }
                """, Ten, more: """, "walkForward": { "inSample": "6w", "outOfSample": "2w" }"""),
            new BatchOptions { Out = Run, Validation = false }, cancellationToken: TestContext.Current.CancellationToken);
        var rows = Rows("equity.csv");
        // Nothing trades: cash alone earns, once for each night.
        var nights = (DateTime.Parse(rows[^1]["time"][..10], CultureInfo.InvariantCulture)
            - DateTime.Parse(rows[0]["time"][..10], CultureInfo.InvariantCulture)).TotalDays;
        Number(rows[^1], "equity").ShouldBe(36_500 * Math.Pow(1 + 0.1 / 365, nights), 2);
    }

    [Theory]
    [InlineData("2023-12-01,ACME,1,1", "line 2", "1 can mean yes")]
    [InlineData("2023-12-01,ACME,1,maybe", "line 2", "'maybe' does not say what can be borrowed")]
    [InlineData("2023-12-01,ACME,1,-5", "line 2", "'-5' does not say what can be borrowed")]
    [InlineData("2023-12-01,ACME,2000,yes", "line 2", "2000 is out of range")]
    [InlineData("2023-12-01,,1,yes", "line 2", "the symbol is missing")]
    public async Task A_table_that_cannot_be_read_is_refused_with_its_line(string line, string place, string sentence)
    {
        Bars("ACME", Falling(8));
        Borrow("time,symbol,fee,available", line);
        var fault = await Should.ThrowAsync<BarDataException>(() => RunAsync(Spec(Short, data: ", \"borrow\": \"borrow.csv\"")));
        fault.Message.ShouldContain(sentence);
        fault.Message.ShouldContain(place);
    }

    [Theory]
    [InlineData(""", "interest": { "USD": { "referencePercent": 1 } }""", "", "the account's is not named")]
    [InlineData(""", "currency": "USD", "interest": { "EUR": { "referencePercent": 1 } }""", "", "there is none for USD")]
    [InlineData(""", "currency": "USD", "interest": { "GBX": { "referencePercent": 1 }, "USD": { } }""", "", "'GBX' is no currency")]
    [InlineData(Ten, """, "execution": { "leverage": 2, "marginRatePercent": 4 }""", "leave one of them out")]
    [InlineData(""", "currency": "USD", "interest": { "USD": { "reference": "late.csv" } }""", "", "the first rate of USD")]
    [InlineData(""", "currency": "USD", "interest": { "USD": { "reference": "none.csv" } }""", "", "there is no such file")]
    public async Task Interest_that_cannot_be_booked_is_refused_with_one_sentence(string account, string more, string sentence)
    {
        Bars("ACME", Falling(8));
        File.WriteAllLines(Path.Combine(_folder, "late.csv"), ["date,rate", "2024-01-03,1"]);
        (await Should.ThrowAsync<InputException>(async () => await RunAsync(Spec(Short, account, more: more)))).Message
            .ShouldContain(sentence);
    }
}
