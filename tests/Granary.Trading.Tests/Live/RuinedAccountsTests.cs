using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Trading.Tests.Live;

/// <summary>A symbol falls and then rises tenfold: who is short loses more than there is.</summary>
public sealed class RuinedAccountsTests : IDisposable
{
    private readonly SessionUnderTest _under = new();

    public RuinedAccountsTests()
    {
        var text = new StringBuilder("date,open,high,low,close,volume\n");
        var (day, price) = (new DateTime(2020, 1, 1), 100.0);
        for (var i = 0; i < 240; i++)
        {
            var open = price;
            price *= i < 60 ? 1.01 : i < 100 ? 0.99 : i < 180 ? 1.04 : i / 15 % 2 == 0 ? 0.985 : 1.015;
            text.AppendLine(string.Create(CultureInfo.InvariantCulture,
                $"{day.AddDays(i):yyyy-MM-dd},{open:F4},{Math.Max(open, price) * 1.001:F4},{Math.Min(open, price) * 0.999:F4},{price:F4},"
                    + $"1000"));
        }
        File.WriteAllText(Path.Combine(_under.Folder, "RISE.csv"), text.ToString());
    }

    public void Dispose() => _under.Dispose();

    private const string Short =
        """
            { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "sides": "short", "size": { "percentOfEquity": 99 },
              "exitOnSignal": false }
            """;
    private const string Long =
        """{ "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "sides": "long", "size": { "percentOfEquity": 50 } }""";

    private Task<BatchRun> BacktestAsync(string strategies, string weights) =>
        _under.RunAsync(new BatchReader(TestCatalogues.All).Read("ruin.json", Encoding.UTF8.GetBytes(
        $$"""
            { "name": "ruin", "data": { "source": "csv:{{_under.Folder}}", "symbols": ["RISE"], "timeframe": "1d" },
              "execution": { "commissionPercent": 0.1 }, "strategies": [ {{strategies}} ], "portfolio": { "weights": "{{weights}}" } }
            """), _under.Folder), "backtest-" + weights);

    [Fact]
    public async Task A_ruined_strategy_is_closed_at_minus_100_percent_has_no_ratios_and_is_never_a_winner()
    {
        var run = await BacktestAsync(Short + "," + Long, "winners");
        using var results = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run.Folder, "results.json")));
        var ruined = results.RootElement.GetProperty("strategies")[0];
        ruined.GetProperty("state").GetString().ShouldBe("ruined");
        var stats = ruined.GetProperty("stats");
        foreach (var (key, value) in new[] { ("totalReturn", -1.0), ("cagr", -1), ("maxDrawdown", 1), ("finalEquity", 0), ("trades", 1) })
            stats.GetProperty(key).GetDouble().ShouldBe(value, key);
        foreach (var key in new[] { "sharpe", "sortino", "calmar", "volatility", "deflatedSharpe" })
            stats.GetProperty(key).ValueKind.ShouldBe(JsonValueKind.Null, key);
        ruined.GetProperty("weight").GetDouble().ShouldBe(0);
        results.RootElement.GetProperty("strategies")[1].TryGetProperty("state", out _).ShouldBeFalse();
        File.ReadLines(Path.Combine(run.Folder, "trades.csv")).Count(l => l.Contains(",ruined,", StringComparison.Ordinal)).ShouldBe(1);
        run.Model.Notes.ShouldContain(n => n.Sentence.Contains("1 of 2 strategies lost all of their equity", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_ruined_portfolio_is_closed_and_stays_at_zero_in_backtest_and_live_session_alike()
    {
        var backtest = await BacktestAsync(Short, "equal");
        var portfolio = backtest.Model.Portfolio!;
        (portfolio.IsRuined, portfolio.TotalReturn, portfolio.MaxDrawdown, portfolio.FinalEquity).ShouldBe((true, -1, 1, 0));
        double.IsNaN(portfolio.Sharpe).ShouldBeTrue();
        foreach (var line in File.ReadLines(Path.Combine(backtest.Folder, "equity.csv")).Skip(1))
            double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(0);
        var live = await _under.LiveAsync(backtest, with: r => r with { Feed = Address.Parse("csv:" + _under.Folder), To = null });
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Run.Model.Portfolio!.IsRuined.ShouldBeTrue();
        live.Ledger.ActiveTrades.ShouldBeEmpty("the broker's account is closed as well");
        live.Ledger.Cash.ShouldBe(0, "the broker bears the loss beyond the equity");
        var marks = File.ReadLines(Path.Combine(live.Run.Folder, "account_equity.csv")).Skip(1)
            .Select(l => double.Parse(l.Split(',')[1], CultureInfo.InvariantCulture)).ToList();
        marks.ShouldAllBe(e => e >= 0);
        marks[^1].ShouldBe(0);
    }

    [Fact]
    public async Task A_portfolio_that_is_ruined_while_its_strategies_go_on_refuses_their_signals()
    {
        // The short position is half as large again as the strategy's own, so that the portfolio is ruined first.
        var spec = new BatchReader(TestCatalogues.All).Read("ruin.json", Encoding.UTF8.GetBytes(
            $$"""
                { "name": "ruin", "data": { "source": "csv:{{_under.Folder}}", "symbols": ["RISE"], "timeframe": "1d" },
                  "execution": { "leverage": 2 }, "strategies": [ {{Short}}, {{Long}} ],
                  "portfolio": { "weights": { "SmaCross(fast=5,slow=20)@RISE:1d:short": 1.5,
                  "SmaCross(fast=5,slow=20)@RISE:1d:long": 0.2 } } }
                """), _under.Folder);
        var run = await _under.RunAsync(spec, "heavy");
        run.Model.Portfolio!.IsRuined.ShouldBeTrue();
        run.Model.Strategies[1].Stats!.IsRuined.ShouldBeFalse();
        run.Model.Decisions[Decision.Ruined].ShouldBeGreaterThan(0);
        var trades = File.ReadLines(Path.Combine(run.Folder, "portfolio_trades.csv")).ToList();
        trades.ShouldContain(l => l.Contains(",ruined,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rate_alone_closes_an_account_that_is_flat_in_backtest_and_live_session_alike()
    {
        // A long position loses more than half. Weeks after its exit the debt that is left costs three times as much, for ten days.
        var (bars, rates) = (new StringBuilder("date,open,high,low,close,volume\n"), new StringBuilder("time,JPYEUR\n"));
        var price = 100.0;
        for (var i = 0; i < 140; i++)
        {
            var (day, open) = (new DateTime(2020, 1, 1).AddDays(i), price);
            price *= i < 30 ? 0.99 : i < 60 ? 1.01 : i == 60 ? 0.35 : i < 110 ? 0.99 : 1.02;
            bars.AppendLine(string.Create(CultureInfo.InvariantCulture,
                $"{day:yyyy-MM-dd},{open:F4},{Math.Max(open, price):F4},{Math.Min(open, price):F4},{price:F4},1000"));
            rates.AppendLine(string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{(i is >= 90 and < 100 ? 3 : 1)}"));
        }
        var folder = Directory.CreateDirectory(Path.Combine(_under.Folder, "fall")).FullName;
        File.WriteAllText(Path.Combine(folder, "FALL.csv"), bars.ToString());
        var table = Path.Combine(_under.Folder, "yen.csv");
        File.WriteAllText(table, rates.ToString());
        var backtest = await _under.RunAsync(new BatchReader(TestCatalogues.All).Read("fall.json", Encoding.UTF8.GetBytes(
            $$"""
                { "name": "fall", "data": { "source": "csv:{{folder}}", "symbols": ["FALL"], "timeframe": "1d", "fx": "{{table}}",
                  "instruments": { "FALL": { "currency": "JPY" } } }, "account": { "currency": "EUR" },
                  "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "sides": "long",
                  "size": { "percentOfEquity": 95 } } ], "portfolio": { "weights": "equal" } }
                """), _under.Folder), "fallen");
        var portfolio = backtest.Model.Portfolio!;
        (portfolio.IsRuined, portfolio.FinalEquity).ShouldBe((true, 0));
        backtest.Model.Portfolio!.Trades.ShouldBe(1, "it is closed, and nothing is entered at the old rate");
        var live = await _under.LiveAsync(backtest, "live-fallen",
            r => r with { Feed = Address.Parse("csv:" + folder), To = null });
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        (live.Ledger.Cash, live.Status.AccountEquity, live.Status.ModelEquity).ShouldBe((0, 0, 0));
        live.Against!.IsSame.ShouldBeTrue();
        live.Against.Causes.Sum(c => Math.Abs(c.Amount)).ShouldBe(0, 1e-6);
    }
}
