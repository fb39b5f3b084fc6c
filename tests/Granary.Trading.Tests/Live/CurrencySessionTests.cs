using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Simulation.Batches;
using Granary.Testing;
using Granary.Trading.Handover;
using Granary.Trading.Live;
using Granary.Trading.Tests.Parity;

namespace Granary.Trading.Tests.Live;

/// <summary>Sessions of an account in euros, whose markets are in yen and dollars.</summary>
public sealed class CurrencySessionTests : IDisposable
{
    private const string Last = "2022-01-25";

    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private string RatesFile => Path.Combine(_under.Folder, "rates.csv");

    // Rates of each day at 6:00, from a month before the bars.
    private static List<string> Rates(int days = 90, int seed = 3)
    {
        var random = new Random(seed);
        var (dollar, yen) = (1.1, 140.0);
        return [.. Enumerable.Range(0, days).Select(d => string.Create(CultureInfo.InvariantCulture,
            $"{new DateTime(2021, 12, 1, 6, 0, 0).AddDays(d):yyyy-MM-dd'T'HH:mm:ss},{dollar *= 1 + 0.03 * (random.NextDouble() - 0.5)},"
                + $"{yen *= 1 + 0.03 * (random.NextDouble() - 0.5)}")).Prepend("time,EURUSD,EURJPY")];
    }

    private async Task<BatchRun> BacktestAsync(string conversion = "hold", string interest = "", string borrow = "")
    {
        await File.WriteAllLinesAsync(RatesFile, Rates());
        var spread = conversion == "convert" ? """, "fxSpreadPercent": 0.2""" : "";
        return await _under.BacktestAsync(to: Last, data: $$"""
            , "fx": "{{RatesFile}}", "instruments": { "ACME": { "currency": "JPY" }, "COINUSDT": { "currency": "USD" } } {{borrow}}
            """, more: $$"""
            , "account": { "currency": "EUR", "conversion": "{{conversion}}"{{spread}} {{interest}} },
              "portfolio": { "weights": "equal", "limits": { "maxPositions": 6, "maxGrossPercent": 60, "maxCurrencyPercent": 40 } }
            """);
    }

    private Task<LiveRun> LiveAsync(BatchRun backtest, string name = "live", string to = Last, string? state = null) =>
        _under.LiveAsync(backtest, name, r => r with { To = ParityUnderTest.Ticks(to), State = state });

    // The rows of a table by its columns' names, sorted.
    private static string[] Rows(string folder, string file, bool closed, params string[] columns) =>
        [.. CsvRows.Of(Path.Combine(folder, file)).Where(r => !closed || r["exit_reason"] != "open")
            .Select(r => string.Join(' ', columns.Select(c => r[c]))).Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData("hold")]
    [InlineData("convert")]
    public async Task A_session_with_several_currencies_is_its_backtest_and_a_perfect_venue_makes_its_trades(string conversion)
    {
        var backtest = await BacktestAsync(conversion);
        var live = await LiveAsync(backtest);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        foreach (var file in (string[])["portfolio_trades.csv", "equity.csv", "signals.csv", "trades.csv"])
            File.ReadAllText(Path.Combine(live.Run.Folder, file)).ShouldBe(File.ReadAllText(Path.Combine(backtest.Folder, file)), file);
        // Prices, quantities and times, and the rate at which each closed trade counts.
        string[] fills = ["strategy", "symbol", "side", "quantity", "entry_time", "entry_price"];
        Rows(live.Run.Folder, "account_trades.csv", closed: false, fills)
            .ShouldBe(Rows(backtest.Folder, "portfolio_trades.csv", closed: false, fills));
        string[] results = ["strategy", "symbol", "entry_time", "exit_time", "exit_price", "currency", "rate"];
        var counted = Rows(live.Run.Folder, "account_trades.csv", closed: true, results);
        counted.Length.ShouldBeGreaterThan(20);
        counted.ShouldBe(Rows(backtest.Folder, "portfolio_trades.csv", closed: true, results));
        live.Status.AccountEquity.ShouldBe(live.Status.ModelEquity, 1e-6);
        live.Against!.IsSame.ShouldBeTrue();
        live.Against.Sentence.ShouldEndWith(": no difference");
        live.Status.Account.Currency.ShouldBe("EUR");
        live.Status.Account.Balances.Select(b => b.Currency).ShouldBe(["JPY", "USD"], ignoreOrder: true);
        live.Status.Account.Balances.Single(b => b.Currency == "JPY").Rate.ShouldBeInRange(1 / 200.0, 1 / 100.0);
    }

    [Fact]
    public async Task A_session_that_ends_and_starts_again_counts_with_the_rates_that_it_had_although_their_file_is_another_one()
    {
        var backtest = await BacktestAsync("convert");
        var whole = await LiveAsync(backtest, "whole");
        var state = Path.Combine(_under.Folder, "state");
        await LiveAsync(backtest, "first", "2022-01-12", state);
        var lines = await File.ReadAllLinesAsync(RatesFile);
        // Rates of the past are revised; those that come are the same.
        await File.WriteAllLinesAsync(RatesFile, lines.Select(l => l.CompareTo("2022-01-11") < 0 && l[0] != 't'
            ? $"{l.Split(',')[0]},1.5,90" : l));
        var second = await LiveAsync(backtest, "second", state: state);
        second.Run.Model.Digest.ShouldBe(whole.Run.Model.Digest);
        foreach (var file in (string[])["portfolio_trades.csv", "equity.csv", "account_trades.csv", "account_equity.csv"])
            File.ReadAllText(Path.Combine(second.Run.Folder, file)).ShouldBe(File.ReadAllText(Path.Combine(whole.Run.Folder, file)), file);
    }

    private const string Interest = """
        , "interest": { "EUR": { "referencePercent": 3.5, "cashSpreadPercent": 0.5, "loanSpreadPercent": 1.5 },
                        "JPY": { "referencePercent": 0.5, "loanSpreadPercent": 1.5 },
                        "USD": { "referencePercent": 5, "cashSpreadPercent": 1, "loanSpreadPercent": 2 } }
        """;

    [Theory]
    [InlineData("hold")]
    [InlineData("convert")]
    public async Task Interest_of_each_balance_is_the_backtests_and_a_session_that_starts_again_pays_no_night_twice(string conversion)
    {
        var backtest = await BacktestAsync(conversion, Interest);
        var whole = await LiveAsync(backtest, "whole");
        whole.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        whole.Status.AccountEquity.ShouldBe(whole.Status.ModelEquity, 1e-6);
        whole.Against!.IsSame.ShouldBeTrue();
        whole.Ledger.Financing.ShouldBe(backtest.Model.Portfolio!["carry"], 1e-6);
        whole.Ledger.Financing.ShouldNotBe(0);
        var state = Path.Combine(_under.Folder, "state");
        await LiveAsync(backtest, "first", "2022-01-12", state);
        var second = await LiveAsync(backtest, "second", state: state);
        second.Run.Model.Digest.ShouldBe(whole.Run.Model.Digest);
        second.Ledger.Cash.ShouldBe(whole.Ledger.Cash);
        foreach (var file in (string[])["portfolio_trades.csv", "equity.csv", "account_trades.csv", "account_equity.csv"])
            File.ReadAllText(Path.Combine(second.Run.Folder, file)).ShouldBe(File.ReadAllText(Path.Combine(whole.Run.Folder, file)), file);
    }

    [Fact]
    public async Task A_session_that_begins_before_the_first_reference_rate_is_refused_as_a_batch_is()
    {
        var file = Path.Combine(_under.Folder, "estr.csv");
        await File.WriteAllTextAsync(file, "date,rate\n2021-01-01,3.5\n");
        var backtest = await BacktestAsync(interest: $$"""
            , "interest": { "EUR": { "reference": "{{file}}" }, "JPY": { "referencePercent": 1 }, "USD": { "referencePercent": 1 } }
            """);
        await File.WriteAllTextAsync(file, "date,rate\n2022-01-05,3.5\n");
        var fault = await Should.ThrowAsync<InputException>(() => LiveAsync(backtest));
        fault.Message.ShouldContain("the first rate of EUR in account.interest is of 2022-01-05");
        fault.Message.ShouldEndWith("; give earlier rates");
        File.Exists(Path.Combine(_under.Folder, "live", "account.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task The_plan_of_a_hand_over_has_the_profits_of_the_sessions_status()
    {
        var (backtest, state) = (await BacktestAsync(), Path.Combine(_under.Folder, "state"));
        var live = await LiveAsync(backtest, to: "2022-01-12", state: state);
        var books = AccountBooks.Read([.. FileJournal.Peek(state, new JournalQuery()).Select(JournalCodec.Decode)])!;
        var data = new ProductionReader(TestCatalogues.All).Read(Path.Combine(backtest.Folder, "prod.json")).Spec.Data;
        var planned = books.Open().Where(o => o.Trade is not null)
            .ToDictionary(o => o.Trade!.Entry, o => books.ProfitOf(o.Trade!, data)!.Value, StringComparer.Ordinal);
        planned.Count.ShouldBeGreaterThan(1);
        foreach (var trade in live.Status.Account.Trades) planned[trade.Entry].ShouldBe(trade.Profit!.Value, 1e-9, trade.Symbol);
    }

    // A session that trades to the 12th, and another one that takes a command by hand and goes on.
    private async Task<LiveRun> CommandAsync(BatchRun backtest, HandRequest hand, string to = "2022-01-13")
    {
        var state = Path.Combine(_under.Folder, "state");
        if (!Directory.Exists(state)) await LiveAsync(backtest, "first", "2022-01-12", state);
        SessionControl.Send(Path.Combine(state, "control"), new IssuedCommand(SessionCommand.Enter, "Anna", "a test", "", "ACME")
        {
            Hand = hand,
        }, TimeProvider.System.GetUtcNow());
        return await LiveAsync(backtest, "with a command", to, state);
    }

    // The rate of the last line that is known at the end of the 11th.
    private double YenOf(string day) => 1 / double.Parse(File.ReadLines(RatesFile).Single(l => l.StartsWith(day, StringComparison.Ordinal))
        .Split(',')[2], CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_preview_by_hand_has_prices_in_their_currency_and_amounts_in_the_accounts()
    {
        var live = await CommandAsync(await BacktestAsync(), new HandRequest
        {
            Side = Engine.Trading.Side.Buy,
            Size = Engine.Trading.SizeRule.PercentOfEquity(5),
            Stop = 1,
            Preview = true,
        });
        live.Status.CommandFault.ShouldBeNull();
        var preview = live.Status.Preview!;
        preview.Refusal.ShouldBeNull();
        var yen = YenOf("2022-01-11");
        // Five percent of about 100,000 euros are 5,000, which buy yen at about 140.
        preview.Value.ShouldBeInRange(4_500, 5_500);
        preview.Value.ShouldBe(preview.Quantity * preview.Price * yen, 1e-6);
        preview.Risk!.Value.ShouldBe(preview.Quantity * (preview.Price - 1) * yen, 1e-6);
        // A commission of 0.05 percent and a slippage of 0.02 percent.
        preview.Cost.ShouldBe(preview.Value * 0.0007, 0.1);
        live.Ledger.Trades.Values.ShouldAllBe(t => t.Strategy != "operator");
    }

    [Theory]
    [InlineData("hold")]
    [InlineData("convert")]
    public async Task An_entry_by_hand_in_another_currency_is_the_whole_difference_from_the_backtest(string conversion)
    {
        var live = await CommandAsync(await BacktestAsync(conversion), new HandRequest
        {
            Side = Engine.Trading.Side.Buy,
            Size = Engine.Trading.SizeRule.Cash(3_000),
        }, Last);
        live.Status.CommandFault.ShouldBeNull();
        var trade = live.Ledger.Trades.Values.Single(t => t.Strategy == "operator");
        (trade.Quantity * trade.EntryPrice * YenOf("2022-01-11")).ShouldBeInRange(2_850, 3_150);
        live.Status.ByHand.ShouldNotBe(0);
        (live.Status.AccountEquity - live.Status.ModelEquity).ShouldBe(live.Status.ByHand, 1e-6);
    }

    [Fact]
    public async Task A_short_by_hand_beyond_what_can_be_borrowed_is_refused_as_a_strategys_is()
    {
        var table = Path.Combine(_under.Folder, "borrow.csv");
        await File.WriteAllTextAsync(table, "time,symbol,fee,available\n2021-01-01,ACME,1,10\n2021-01-01,COINUSDT,1,yes\n");
        var live = await CommandAsync(await BacktestAsync(borrow: $$""", "borrow": "{{table}}" """), new HandRequest
        {
            Side = Engine.Trading.Side.Sell,
            Size = Engine.Trading.SizeRule.Units(11),
        });
        live.Status.CommandFault.ShouldBe(Engine.Portfolio.Rules.Decision.NotShortable.Sentence);
        live.Ledger.Trades.Values.ShouldAllBe(t => t.Strategy != "operator");
    }

    [Fact]
    public async Task Nothing_is_entered_by_a_rate_that_is_too_old_and_a_note_says_so()
    {
        var backtest = await BacktestAsync();
        // The last rates are of the 8th.
        await File.WriteAllLinesAsync(RatesFile, Rates(39));
        var live = await LiveAsync(backtest);
        live.Status.Notes.ShouldContain(n => n.Contains("the last rate of JPY in EUR is of 2022-01-08T06:00:00Z, older than maxAge"));
        live.Ledger.Trades.Values.ShouldNotBeEmpty();
        live.Ledger.Trades.Values.Where(t => t.EntryTime > new DateTime(2022, 1, 15, 7, 0, 0).Ticks)
            .Select(t => $"{t.Strategy} {t.Symbol} {new DateTime(t.EntryTime):s} {t.Entry}").ShouldBeEmpty();
        live.Ledger.Trades.Values.Max(t => t.EntryTime).ShouldBeLessThanOrEqualTo(new DateTime(2022, 1, 15, 7, 0, 0).Ticks);
        var account = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(live.Run.Folder, "account.json")))!;
        account["skipped"]!.AsArray().Count(s => (string)s!["why"]! == "rates").ShouldBeGreaterThan(5);
        live.Against!.Gap.Causes.Single(c => c.Cause == "rates").Amount.ShouldNotBe(0);
        // No operator has done anything.
        live.Status.ByHand.ShouldBe(0);
        live.Against.Causes.Sum(c => c.Amount).ShouldBe(live.Status.AccountEquity - live.Against.Equity, 1e-6);
    }

    [Fact]
    public async Task A_bar_before_the_first_rate_ends_the_session_with_a_sentence()
    {
        var backtest = await BacktestAsync();
        await File.WriteAllLinesAsync(RatesFile, Rates().Where((_, i) => i is 0 or > 40));
        var fault = await Should.ThrowAsync<InputException>(() => LiveAsync(backtest));
        fault.Message.ShouldContain("rate of ");
        fault.Message.ShouldContain("give earlier rates, or a later data.from");
    }

    [Fact]
    public async Task Pairs_in_the_place_of_the_bars_are_read_from_the_feed()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_under.Folder, "bars")).FullName;
        foreach (var file in Directory.EnumerateFiles(SessionUnderTest.Bars))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var random = new Random(4);
        foreach (var (pair, price) in ((string, double)[])[("EURUSD", 1.1), ("USDJPY", 125)])
            await File.WriteAllLinesAsync(Path.Combine(folder, $"{pair}.csv"), Enumerable.Range(0, 24 * 70).Select(h => (h,
                price * (1 + 0.02 * random.NextDouble()))).Select(r => string.Create(CultureInfo.InvariantCulture,
                    $"{new DateTime(2021, 12, 1).AddHours(r.h):yyyy-MM-dd HH:mm:ss},{r.Item2},{r.Item2},{r.Item2},{r.Item2},1"))
                .Prepend("time,open,high,low,close,volume"));
        await File.WriteAllLinesAsync(RatesFile, Rates());
        var spec = (await BacktestAsync()).Model.BatchText
            .Replace($"csv:{SessionUnderTest.Bars}", $"csv:{folder}", StringComparison.Ordinal)
            .Replace($"\"fx\": \"{RatesFile}\"", $"\"fx\": \"csv:{folder}\"", StringComparison.Ordinal);
        var backtest = await _under.RunAsync(new Simulation.Batches.BatchReader(Granary.Testing.TestCatalogues.All).Read("live.json",
            System.Text.Encoding.UTF8.GetBytes(spec), Path.GetTempPath()), "with pairs");
        var live = await _under.LiveAsync(backtest, with: r => r with
        {
            To = ParityUnderTest.Ticks(Last),
            Feed = Storage.Addresses.Address.Parse("csv:" + folder),
        });
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Status.AccountEquity.ShouldBe(live.Status.ModelEquity, 1e-6);
    }

    [Fact]
    public async Task Rates_that_the_source_has_otherwise_now_are_the_cause_rates_of_parity()
    {
        using var parity = new ParityUnderTest();
        var file = Path.Combine(parity.Folder, "rates.csv");
        await File.WriteAllLinesAsync(file, Rates());
        var backtest = await parity.Session.BacktestAsync(to: ParityUnderTest.Last, data: $$"""
            , "fx": "{{file}}", "instruments": { "ACME": { "currency": "JPY" }, "COINUSDT": { "currency": "USD" } }
            """, more: """
            , "account": { "currency": "EUR", "conversion": "convert" }, "portfolio": { "weights": "equal" }
            """);
        await parity.TradeAsync(backtest);
        var same = await parity.CompareAsync(backtest);
        same.Sum(r => r.Causes.GetValueOrDefault("rates")).ShouldBe(0);
        FileJournal.Peek(parity.State, new JournalQuery("RatesTaken")).Count().ShouldBeGreaterThan(10);
        await File.WriteAllLinesAsync(file, Rates(seed: 8));
        var days = await parity.CompareAsync(backtest);
        days.Sum(r => Math.Abs(r.Causes.GetValueOrDefault("rates"))).ShouldBeGreaterThan(1);
        days.Sum(r => Math.Abs(r.Causes.GetValueOrDefault("data"))).ShouldBe(0);
    }
}
