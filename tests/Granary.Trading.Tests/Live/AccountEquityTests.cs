using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Granary.Backtesting.Runs;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>The equity of an account by bar (account_equity.csv) follows from its fills and the bars alone.</summary>
public sealed partial class AccountEquityTests : IDisposable
{
    private static readonly long s_to = new DateTime(2022, 1, 15).Ticks;

    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private Task<LiveRun> TradeAsync(BatchRun backtest, string name, string state, long to, string speed = "asap") =>
        _under.LiveAsync(backtest, name, r => r with
        {
            State = Path.Combine(_under.Folder, state),
            To = to,
            Speed = speed,
        });

    private static string Equity(LiveRun run) => File.ReadAllText(Path.Combine(run.Run.Folder, "account_equity.csv"));

    [Theory]
    [InlineData("asap")]
    [InlineData("fixed:1ms")]
    public async Task A_restart_and_the_replay_speed_change_nothing_in_the_equity_history(string speed)
    {
        var backtest = await _under.BacktestAsync(to: "2022-01-15");
        var once = await TradeAsync(backtest, "once", "once-state", s_to);
        once.Ledger.Trades.Count.ShouldBeGreaterThan(10);
        await TradeAsync(backtest, "first", "state", new DateTime(2022, 1, 6, 7, 0, 0).Ticks, speed);
        await TradeAsync(backtest, "second", "state", new DateTime(2022, 1, 6, 7, 0, 0).Ticks, speed);
        var last = await TradeAsync(backtest, "last", "state", s_to, speed);
        Equity(last).ShouldBe(Equity(once));
        last.Status.Account!.Days.ShouldBe(once.Status.Account!.Days);
    }

    [Fact]
    public async Task A_mark_has_the_fills_of_its_bar_and_no_later_ones()
    {
        var backtest = await _under.BacktestAsync(to: "2022-01-15");
        var run = await TradeAsync(backtest, "run", "state", s_to);
        var closes = new[] { "ACME", "COINUSDT" }.ToDictionary(s => s, Closes, StringComparer.Ordinal);
        var rows = Equity(run).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(r => r.Split(',')).ToList();
        // One row for each bar, stamped with its open as in the file of bars.
        rows.Select(r => Ticks(r[0])).ShouldBe(closes.Values.SelectMany(c => c.Keys).Where(t => t < s_to).Distinct().Order());
        foreach (var row in rows)
        {
            var time = Ticks(row[0]);
            var equity = 100_000.0;
            foreach (var t in run.Ledger.Trades.Values.Where(t => t.EntryTime <= time))
            {
                // 0.05 % of each fill is its fee (commissionPercent of the batch).
                var isClosed = t.State == Engine.Brokerage.TradeState.Closed && t.ExitTime <= time;
                var price = isClosed ? t.ExitPrice : closes[t.Symbol].Last(c => c.Key <= time).Value;
                equity += (t.Side == Side.Buy ? 1 : -1) * (price - t.EntryPrice) * t.Quantity - 0.0005 * t.EntryPrice * t.Quantity
                    - (isClosed ? 0.0005 * t.ExitPrice * t.Quantity : 0);
            }
            double.Parse(row[1], CultureInfo.InvariantCulture).ShouldBe(equity, 1e-6, row[0]);
        }
    }

    [Fact]
    public async Task Of_daily_bars_every_file_of_a_session_has_the_dates_of_trading_days()
    {
        var bars = Directory.CreateDirectory(Path.Combine(_under.Folder, "daily")).FullName;
        var rows = new List<string> { "date,open,high,low,close,volume" };
        // Waves of 20 trading days from Thursday, 2009-01-01, on, so that averages cross on any weekday.
        for (var (day, n) = (new DateOnly(2009, 1, 1), 0); n < 250; day = day.AddDays(1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            var price = 100 + 10 * Math.Sin(2 * Math.PI * n++ / 20);
            rows.Add(string.Create(CultureInfo.InvariantCulture,
                $"{day:yyyy-MM-dd},{price:F2},{price + 1:F2},{price - 1:F2},{price:F2},1000"));
        }
        File.WriteAllLines(Path.Combine(bars, "ACME.csv"), rows);
        var backtest = await _under.RunAsync(new BatchReader(TestCatalogues.All).Read("daily.json", Encoding.UTF8.GetBytes($$"""
            { "name": "daily", "data": { "source": "csv:{{bars}}", "symbols": ["ACME"], "timeframe": "1d" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 2, "slow": 5 }, "sides": "long",
                "size": { "percentOfEquity": 50 } } ],
              "portfolio": { "weights": "equal" } }
            """), _under.Folder), "daily-run");
        var run = await _under.LiveAsync(backtest, "daily-live", r => r with
        {
            Feed = Address.Parse("csv:" + bars),
            State = Path.Combine(_under.Folder, "daily-state"),
            To = null,
        });
        run.Ledger.Trades.Count.ShouldBeGreaterThan(10);
        foreach (var file in (string[])["account_equity.csv", "account_trades.csv", "orders.csv", "session.log", "account.json"])
        {
            var days = Times().Matches(File.ReadAllText(Path.Combine(run.Run.Folder, file))).Select(m => DateOnly.Parse(m.Value[..10],
                CultureInfo.InvariantCulture)).ToList();
            days.Where(d => d.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday).ShouldBeEmpty(file);
            days.Where(d => d.Year != 2009).ShouldBeEmpty(file);
        }
        // An order is of the bar that decided it, and fills in the next one.
        var fill = run.Ledger.Trades.Values.First().EntryTime;
        var order = File.ReadLines(Path.Combine(run.Run.Folder, "orders.csv")).Skip(1).First().Split(',')[^1];
        Ticks(order).ShouldBeLessThan(fill);
        run.Status.Account!.Days.ShouldAllBe(d => d.From.DayOfWeek != DayOfWeek.Saturday && d.From.DayOfWeek != DayOfWeek.Sunday);
    }

    [GeneratedRegex(@"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")]
    private static partial Regex Times();

    private static SortedDictionary<long, double> Closes(string symbol) => new(File
        .ReadLines(Directory.EnumerateFiles(SessionUnderTest.Bars, symbol + "*").Single()).Skip(1).Select(l => l.Split(','))
        .ToDictionary(f => Ticks(f[0]), f => double.Parse(f[4], CultureInfo.InvariantCulture)));

    private static long Ticks(string time) => DateTime.Parse(time, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal).Ticks;
}
