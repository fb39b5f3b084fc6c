using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Trading.Tests.Live;

/// <summary>
/// Smallest orders, costs and delistings of single symbols: alike in the strategies' accounts, the portfolio and a paper session by the
/// written configuration.
/// </summary>
public sealed class MarketKeysTests : IDisposable
{
    private readonly SessionUnderTest _under = new();

    public MarketKeysTests()
    {
        // Daily bars from Monday, 1 January 2024: opens at 100, closes at 100.
        foreach (var symbol in new[] { "ACME", "OTHER" })
        {
            var lines = new List<string> { "time,open,high,low,close,volume" };
            for (var day = new DateTime(2024, 1, 1); day < new DateTime(2024, 2, 10); day = day.AddDays(1))
                if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                    lines.Add(string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},100,101,99,100,1000"));
            File.WriteAllLines(Path.Combine(_under.Folder, symbol + ".csv"), lines);
        }
    }

    public void Dispose() => _under.Dispose();

    private BatchSpec Spec(string instruments, string execution = "", string data = "") => new BatchReader(TestCatalogues.All)
        .Read("keys.json", Encoding.UTF8.GetBytes($$"""
            { "name": "keys", "data": { "source": "csv:{{_under.Folder}}", "symbols": ["ACME", "OTHER"], "timeframe": "1d" {{data}},
                "instruments": { {{instruments}} } },
              "execution": { "commissionPercent": 1 {{execution}} }, "strategies": [ { "class": "EntersOnce", "size": { "cash": 40000 } } ],
                "portfolio": { "weights": "equal" } }
            """), _under.Folder);

    private async Task<(BatchRun Backtest, BatchRun Live)> RunAsync(string instruments, string execution = "")
    {
        var backtest = await _under.RunAsync(Spec(instruments, execution), "backtest");
        var live = await _under.LiveAsync(backtest, with: r => r with { Feed = Address.Parse("csv:" + _under.Folder), To = null });
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        return (backtest, live.Run);
    }

    private static Dictionary<string, string> Trade(BatchRun run, string file, string symbol)
    {
        var rows = File.ReadLines(Path.Combine(run.Folder, file))
            .Select(l => l.Replace("\"EntersOnce()", "EntersOnce()", StringComparison.Ordinal)
            .Split(',')).ToList();
        var row = rows.Skip(1).Single(r => r.Any(c => c == symbol));
        return rows[0].Zip(row).ToDictionary(c => c.First, c => c.Second);
    }

    private static double Number(Dictionary<string, string> row, string column) => double.Parse(row[column], CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_delisted_symbol_is_closed_at_its_price_in_the_accounts_the_portfolio_and_on_paper()
    {
        var (backtest, live) = await RunAsync("\"ACME\": { \"delisted\": \"2024-01-20\", \"delistingPrice\": 50 }");
        foreach (var run in new[] { backtest, live })
        {
            // The 20th is a Saturday; around the clock the market trades then.
            foreach (var file in new[] { "trades.csv", "portfolio_trades.csv" })
            {
                var trade = Trade(run, file, "ACME");
                (trade["exit_time"], trade["exit_price"], trade["exit_reason"]).ShouldBe(("2024-01-20T00:00:00Z", "50", "delisted"));
                Trade(run, file, "OTHER")["exit_reason"].ShouldBe("open");
            }
            // 400 shares bought at 100 and closed at 50, 1 % of commission on each side.
            run.Model.Strategies.Single(s => s.Symbol == "ACME").Stats!.FinalEquity
                .ShouldBe(100_000 + 400 * (50 * 0.99 - 100 * 1.01), 1e-6);
        }
        backtest.Model.Markets.Single(m => m.Symbol == "ACME").Findings.ShouldContain(f =>
            f.Contains("was delisted at 2024-01-20T00:00:00.0000000Z, and positions in it are "
            + "closed at 50", StringComparison.Ordinal));
        var prod = JsonNode.Parse(File.ReadAllText(Path.Combine(backtest.Folder, "prod.json")))!["data"]!["instruments"]!["ACME"]!;
        ((double)prod["delistingPrice"]!, (string)prod["delisted"]!).ShouldBe((50, "2024-01-20T00:00:00.0000000Z"));
    }

    [Fact]
    public async Task Without_a_price_a_delisted_symbol_is_closed_at_its_last_close()
    {
        var run = await _under.RunAsync(Spec("\"ACME\": { \"delisted\": \"2024-01-22\" }"), "backtest");
        var trade = Trade(run, "trades.csv", "ACME");
        (trade["exit_time"], trade["exit_price"]).ShouldBe(("2024-01-22T00:00:00Z", "100"));
    }

    [Fact]
    public async Task A_delisting_long_after_the_last_bar_closes_the_trade_at_its_price_and_the_halt_is_said()
    {
        var run = await _under.RunAsync(Spec("\"ACME\": { \"delisted\": \"2024-03-01\", \"delistingPrice\": 50 }"), "backtest");
        var trade = Trade(run, "trades.csv", "ACME");
        (trade["exit_time"], trade["exit_price"], trade["exit_reason"]).ShouldBe(("2024-03-01T00:00:00Z", "50", "delisted"));
        run.Model.Markets.Single(m => m.Symbol == "ACME").Findings.ShouldContain(f =>
            f.Contains("closed at 50; its bars end ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_symbol_that_was_delisted_before_its_first_bar_is_refused() =>
        (await Should.ThrowAsync<InputException>(() => _under.RunAsync(Spec("\"ACME\": { \"delisted\": \"2023-12-01\" }",
            data: ", \"from\": \"2024-01-01\""), "backtest"))).Message
                .ShouldContain("ACME was delisted at 2023-12-01T00:00:00.0000000Z, and "
                + "the batch reads no bar of it before; correct 'delisted', or leave the symbol out");

    [Fact]
    public async Task Costs_of_a_symbol_replace_those_of_all_in_the_accounts_the_portfolio_and_on_paper()
    {
        var (backtest, live) = await RunAsync("", ", \"symbols\": { \"ACME\": { \"commissionPercent\": 2, \"spreadPercent\": 0.4 } }");
        foreach (var run in new[] { backtest, live })
        {
            // Half of the spread is 0.2 % of 100: 400 bought at 100.2 for 2 %, and at 100 for 1 %.
            (Number(Trade(run, "trades.csv", "ACME"), "entry_price"), Number(Trade(run, "trades.csv", "ACME"), "commission"))
                .ShouldBe((100.2, 400 * 100.2 * 0.02));
            (Number(Trade(run, "trades.csv", "OTHER"), "entry_price"), Number(Trade(run, "trades.csv", "OTHER"), "commission"))
                .ShouldBe((100, 400));
            // The portfolio has half of both.
            run.Model.Portfolio![TradeMetrics.Commission].ShouldBe(200 * 100.2 * 0.02 + 200, 1e-6);
        }
        JsonNode.Parse(File.ReadAllText(Path.Combine(backtest.Folder, "prod.json")))!["execution"]!["symbols"]!.ToJsonString()
            .ShouldBe("""{"ACME":{"commissionPercent":2,"spreadPercent":0.4}}""");
    }

    [Fact]
    public async Task An_order_that_is_too_small_for_the_portfolio_is_counted()
    {
        // The strategies buy for 40,000, the portfolio for half of that.
        var (backtest, live) = await RunAsync("\"ACME\": { \"minNotional\": 20001 }");
        foreach (var run in new[] { backtest, live })
        {
            File.ReadAllText(Path.Combine(run.Folder, "signals.csv")).ShouldContain("below-minimum");
            Trade(run, "portfolio_trades.csv", "OTHER")["exit_reason"].ShouldBe("open");
            File.ReadLines(Path.Combine(run.Folder, "portfolio_trades.csv"))
                .Count(l => l.Contains("ACME", StringComparison.Ordinal)).ShouldBe(0);
        }
    }

    [Theory]
    [InlineData("\"ACME\": { \"delistingPrice\": 5 }", "",
        "data.instruments.ACME.delistingPrice: it is the price at 'delisted', which is missing")]
    [InlineData("\"ACME\": { \"minNotional\": -1 }", "", "data.instruments.ACME.minNotional: -1 is out of range")]
    [InlineData("\"ACME\": { \"session\": { \"calendar\": \"XNYS\", \"special\": { \"2024-13-01\": \"10:00-12:00\" } } }", "",
        "session.special.2024-13-01: '2024-13-01' is not a date; write it as 2024-01-31")]
    [InlineData("\"ACME\": { \"session\": { \"calendar\": \"XNYS\", \"special\": { \"2024-01-13\": \"10-12\" } } }", "",
        "special.2024-01-13: '10-12' is not a span of a day")]
    [InlineData("\"ACME\": { \"session\": { \"calendar\": \"XNYS\", \"open\": \"10:00\" } }", "",
        "session.open: 'calendar' has hours of its own; leave one of them out")]
    [InlineData("\"ACME\": { \"session\": { \"calendar\": \"XNYS\", \"holidays\": [\"2024-01-10\"], "
        + "\"special\": { \"2024-01-10\": \"10:00-12:00\" } } }",
        "", "session: 2024-01-10 is a holiday and has a session; keep one of them")]
    [InlineData("", ", \"symbols\": { \"ACME\": { \"borrowPercent\": -3 } }", "execution.symbols.ACME.borrowPercent: -3 is out of range")]
    public void A_wrong_value_is_one_sentence_with_its_place(string instruments, string execution, string sentence) =>
        Should.Throw<InputException>(() => Spec(instruments, execution)).Message.ShouldContain(sentence);

    [Theory]
    [InlineData("ACNE", "'ACNE' is not among the batch's symbols; did you mean 'ACME'?")]
    [InlineData("*", "'*' is not among the batch's symbols")]
    public async Task Costs_of_an_unknown_symbol_are_refused(string symbol, string sentence) => (await Should.ThrowAsync<InputException>(
        () => _under.RunAsync(Spec("", $", \"symbols\": {{ \"{symbol}\": {{ \"borrowPercent\": 3 }} }}"), "backtest"))).Message
        .ShouldContain(sentence);

    [Fact]
    public void A_session_is_written_as_it_was_read()
    {
        const string Text = """{"calendar":"XNYS","holidays":["2024-01-12"],"special":{"2024-01-13":"10:00-12:00"}}""";
        var calendar = Spec($"\"ACME\": {{ \"session\": {Text} }}").Data.Instruments["ACME"].Session!;
        calendar.Special.Single().ShouldBe((new DateOnly(2024, 1, 13), TimeSpan.FromHours(10), TimeSpan.FromHours(12)));
        calendar.Name.ShouldBe("XNYS");
        calendar.IsTradingDay(new DateOnly(2024, 1, 12)).ShouldBeFalse();
    }
}
