using System.Globalization;
using System.IO.Compression;
using System.Text;
using Granary.Contracts.Sessions;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

[Strategy("Enters at its third bar and moves its stop two bars later; only for tests.")]
public sealed class MovesItsStop(double stop = 92) : Strategy
{
    public override void OnBar(StrategyContext bar)
    {
        if (bar.BarNumber == 2) bar.Enter(Side.Buy, new EntryOptions { StopLoss = stop - 2 });
        if (bar.BarNumber == 4) bar.MoveStop(Side.Buy, stop);
    }
}

/// <summary>Stops and targets of open trades, as the status shows them and as they fill, over splits and rolls.</summary>
public sealed class LevelsOfTradesTests : IDisposable
{
    private readonly SessionUnderTest _under = new();
    private int _runs;

    public void Dispose() => _under.Dispose();

    // Ten trading days of 2024 from Tuesday, 2 January; two for one before the seventh. Open, high, low and close.
    private void WriteSplit()
    {
        (int Day, double Open, double High, double Low, double Close)[] bars =
        [
            (2, 100, 100, 100, 100), (3, 100, 100, 100, 100), (4, 100, 100, 100, 100), (5, 100, 100, 100, 100), (8, 100, 100, 100, 100),
            (9, 100, 104, 100, 102), (10, 51, 55, 51, 55), (11, 55, 55, 49, 50), (12, 50, 50, 47.5, 48), (16, 47, 47, 44, 44.5),
        ];
        var daily = Directory.CreateDirectory(Path.Combine(_under.Folder, "equity", "usa", "daily")).FullName;
        using (var zip = ZipFile.Open(Path.Combine(daily, "abc.zip"), ZipArchiveMode.Create))
        using (var writer = new StreamWriter(zip.CreateEntry("abc.csv").Open()))
            foreach (var b in bars)
                writer.Write(string.Create(CultureInfo.InvariantCulture,
                    $"202401{b.Day:00} 00:00,{b.Open * 10_000},{b.High * 10_000},{b.Low * 10_000},{b.Close * 10_000},100000\n"));
        var factors = Directory.CreateDirectory(Path.Combine(_under.Folder, "equity", "usa", "factor_files")).FullName;
        File.WriteAllText(Path.Combine(factors, "abc.csv"), "20240109,1,0.5,102\n20501231,1,1,0\n");
    }

    private async Task<Production> ProductionAsync(string data, string strategies, string more = "")
    {
        var spec = new BatchReader(TestCatalogues.All).Read("levels.json", Encoding.UTF8.GetBytes($$"""
            { "name": "levels", "data": { {{data}}, "timeframe": "1d" }, "strategies": [ {{strategies}} ],
              "portfolio": { "weights": "equal" } {{more}} }
            """), _under.Folder);
        var run = await _under.RunAsync(spec, $"run{_runs++}");
        return new ProductionReader(TestCatalogues.All).Read(Path.Combine(run.Folder, "prod.json"));
    }

    private static Task<SessionEnd> TradeAsync(Production production, ScriptedControl script, string state, string to) =>
        SessionUnderTest.TradeAsync(production, state, new PaperSettings(), to,
            new SessionParts(BrokerOf: b => new WatchedBroker(b, script)),
            new LiveOptions { Account = "test", Control = script });

    private static long Close(string day) => DateTime.Parse(day, CultureInfo.InvariantCulture).AddDays(1).Ticks;

    private static IssuedCommand Protect(string trade, double? stop, double? target) =>
        new(SessionCommand.Protect, "Anna", "a test", "", "", trade) { Hand = new HandRequest { Stop = stop, Target = target } };

    private static (double?, double?, bool) Shown(SessionEnd end, string strategy) =>
        end.Host.Status.Account.Trades.Single(t => t.Strategy.Contains(strategy, StringComparison.Ordinal)) is var t
            ? (t.Stop, t.Target, t.Trails) : default;

    private static AccountTrade TradeOf(SessionEnd end, string strategy) =>
        end.Host.Ledger.Trades.Values.Single(t => t.Strategy.Contains(strategy, StringComparison.Ordinal));

    [Fact]
    public async Task Stops_and_targets_fall_with_a_split_in_the_status_in_a_session_that_starts_again_and_at_the_venue()
    {
        WriteSplit();
        var production = await ProductionAsync($$"""
            "source": "csv:{{_under.Folder}}/equity/usa/daily", "symbols": ["ABC"], "adjust": false
            """, """
            { "class": "EntersOnce", "size": { "units": 30 }, "tag": "hand" },
            { "class": "EntersOnce", "size": { "units": 30 }, "trailingStopPercent": 10, "tag": "trail" },
            { "class": "MovesItsStop", "size": { "units": 30 } }
            """);
        var first = await TradeAsync(production, new ScriptedControl(), Path.Combine(_under.Folder, "first"), "2024-01-08");
        var byHand = TradeOf(first, "hand").Entry;
        var script = new ScriptedControl(
            (Close("2024-01-05"), Protect(byHand, 90, 120)),
            (Close("2024-01-11"), Protect(byHand, null, 130)));

        var state = Path.Combine(_under.Folder, "state");
        var before = await TradeAsync(production, script, state, "2024-01-10");
        // 10 % below the best close of 102.
        Shown(before, "trail").ShouldBe((91.8, null, true));
        Shown(before, "hand").ShouldBe((90, 120, false));
        Shown(before, "MovesItsStop").ShouldBe((92, null, false));
        script.Again();
        var after = await TradeAsync(production, script, state, "2024-01-11");
        // Two for one; the best close is 55 now.
        Shown(after, "trail").ShouldBe((49.5, null, true));
        Shown(after, "hand").ShouldBe((45, 60, false));
        Shown(after, "MovesItsStop").ShouldBe((46, null, false));
        script.Again();
        // The command of the 11th sets the target alone.
        var changed = await TradeAsync(production, script, state, "2024-01-16");
        Shown(changed, "hand").ShouldBe((45, 130, false));
        Shown(changed, "MovesItsStop").ShouldBe((46, null, false));
        script.Again();
        var end = await TradeAsync(production, script, state, "2024-02-01");
        script.Answers.ShouldAllBe(a => a.CommandFault == null);
        TradeOf(end, "MovesItsStop").ExitPrice.ShouldBe(46);
        var own = end.Host.Ledger.TradeOf(byHand)!;
        (own.ExitPrice, own.Quantity, own.Why).ShouldBe((45, 20, "stop"));
        // A third of 30 shares, entered at 100 and left at 45 as twenty.
        own.Profit.ShouldBe(-100);

        var whole = await TradeAsync(production, new ScriptedControl(
            (Close("2024-01-05"), Protect(byHand, 90, 120)), (Close("2024-01-11"), Protect(byHand, null, 130))),
            Path.Combine(_under.Folder, "whole"), "2024-02-01");
        end.Account().ShouldBe(whole.Account());
    }

    // The last stop and target of each trade of a strategy.
    private sealed class Levels : IRunListener
    {
        public Dictionary<int, (double Stop, double Target)> ByTrade { get; } = [];

        public RunEventKinds Kinds => RunEventKinds.Levels;

        public void On(in RunEvent e) => ByTrade[e.Number] = (e.Levels.Stop, e.Levels.Target);
    }

    private static async Task<Dictionary<string, Levels>> OwnLevelsAsync(Production production, string to)
    {
        var found = new Dictionary<string, Levels>(StringComparer.Ordinal);
        var until = DateTime.Parse(to, CultureInfo.InvariantCulture).Ticks;
        var spec = production.Spec with { Data = production.Spec.Data with { To = until } };
        var stop = TestContext.Current.CancellationToken;
        await using var opened = await OpenedBatch.OpenAsync(spec, new BatchOpening { Threads = 1, Yes = true }, stop);
        var host = new EmbeddedHost(threads: 1) { ListenerOf = (instance, _) => found[instance.Id] = new Levels() };
        await new StrategyPass(opened.Plan, opened.Markets).OutcomesAsync(host, stop);
        return found;
    }

    // Targets in parts, trailing stops from a profit on and in average true ranges, targets that fall with time.
    [Fact]
    public async Task Levels_in_the_status_are_those_of_the_strategies_own_trades_where_their_fills_are_the_same()
    {
        var run = await _under.BacktestAsync(SessionUnderTest.Exits, more: """, "portfolio": { "weights": "equal" }""");
        var production = new ProductionReader(TestCatalogues.All).Read(Path.Combine(run.Folder, "prod.json"));
        var (compared, trailing, stops, targets) = (0, 0, 0, 0);
        foreach (var to in (string[])["2022-01-12", "2022-01-19T07:00", "2022-01-27T15:00", "2022-02-03"])
        {
            var own = await OwnLevelsAsync(production, to);
            var end = await TradeAsync(production, new ScriptedControl(), Path.Combine(_under.Folder, $"until{compared}"), to);
            foreach (var trade in end.Host.Status.Account.Trades)
            {
                var (stop, target) = own[trade.Strategy].ByTrade[trade.Number];
                (trade.Stop ?? 0).ShouldBe(stop, 1e-9, $"{trade.Strategy} {trade.Number} until {to}");
                // At the close after six hours and two days the next target is shown, which works from the next open on.
                var age = (end.Host.Status.Timestamp - trade.EnteredAt).TotalHours;
                if (age is not (6 or 48)) (trade.Target ?? 0).ShouldBe(target, 1e-9, $"{trade.Strategy} {trade.Number} until {to}");
                compared++;
                trailing += trade.Trails ? 1 : 0;
                stops += trade.Stop is null ? 0 : 1;
                targets += trade.Target is null ? 0 : 1;
            }
        }
        (compared > 8 && trailing > 1 && stops > 3 && targets > 3).ShouldBeTrue($"{compared} {trailing} {stops} {targets}");
    }

    private string Data => Path.Combine(_under.Folder, "data");

    private string WriteChain()
    {
        Directory.CreateDirectory(Data);
        // Flat at 4,000 and 33 points more in June's contract, which falls in the week after the roll of 11 March.
        var days = Enumerable.Range(0, 30).Select(d => new DateOnly(2022, 2, 21).AddDays(d))
            .Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).ToList();
        string Row(DateOnly day, double price, double low) =>
            string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{price},{price},{low},{price},900");
        double Low(DateOnly day) => day < new DateOnly(2022, 3, 16) ? 4_033 : day == new DateOnly(2022, 3, 16) ? 3_990 : 3_980;
        File.WriteAllLines(Path.Combine(Data, "ESH22.csv"), ["date,open,high,low,close,volume",
            .. days.Where(d => d <= new DateOnly(2022, 3, 18)).Select(d => Row(d, 4_000, 4_000))]);
        File.WriteAllLines(Path.Combine(Data, "ESM22.csv"), ["date,open,high,low,close,volume",
            .. days.Select(d => Row(d, 4_033, Low(d)))]);
        File.WriteAllLines(Path.Combine(_under.Folder, "expiries.csv"), ["contract,expiry", "ESH22,2022-03-18", "ESM22,2022-06-17"]);
        return $$"""
            "source": "csv:{{Data}}", "symbols": ["ES"]
            """;
    }

    private string Chain(string adjust) => $$"""
        "chain": { "contracts": "ES*", "expiries": "{{_under.Folder}}/expiries.csv", "roll": { "by": "expiry", "days": 5 },
          "adjust": "{{adjust}}" }
        """;

    // By difference each price is 33 points higher. By ratio it is 4,033 / 4,000 times as high, on ticks of 0.25: 3,982.59, 4,133.83 and
    // 3,992.67.
    [Theory]
    [InlineData("difference", 3_983, 4_133, 3_993)]
    [InlineData("ratio", 3_982.5, 4_133.75, 3_992.75)]
    public async Task Stops_and_targets_move_with_a_roll_in_the_status_in_a_session_that_starts_again_and_at_the_venue(string adjust,
        double stop, double target, double moved)
    {
        var production = await ProductionAsync(WriteChain() + $$"""
            , "instruments": { "ES": { "multiplier": 50, "tick": 0.25, "lot": 1, {{Chain(adjust)}} } }
            """, """
            { "class": "EntersOnce", "size": { "units": 2 } },
            { "class": "MovesItsStop", "params": { "stop": 3960 }, "size": { "units": 2 } }
            """, """, "account": { "cash": 10000000 } """);
        var first = await TradeAsync(production, new ScriptedControl(), Path.Combine(_under.Folder, "first"), "2022-03-01");
        var byHand = TradeOf(first, "EntersOnce").Entry;
        var script = new ScriptedControl((Close("2022-03-08"), Protect(byHand, 3_950, 4_100)));
        var state = Path.Combine(_under.Folder, "state");
        var before = await TradeAsync(production, script, state, "2022-03-11");
        Shown(before, "EntersOnce").ShouldBe((3_950, 4_100, false));
        Shown(before, "MovesItsStop").ShouldBe((3_960, null, false));
        script.Again();
        var after = await TradeAsync(production, script, state, "2022-03-15");
        Shown(after, "EntersOnce").ShouldBe((stop, target, false));
        Shown(after, "MovesItsStop").ShouldBe((moved, null, false));
        script.Again();
        var end = await TradeAsync(production, script, state, "2022-03-20");
        script.Answers.ShouldAllBe(a => a.CommandFault == null);
        TradeOf(end, "MovesItsStop").ExitPrice.ShouldBe(moved);
        var own = end.Host.Ledger.TradeOf(byHand)!;
        (own.ExitPrice, own.Why).ShouldBe((stop, "stop"));
        // Half of two contracts of 50 a point, entered at 4,000; the gap of 33 points is no profit.
        own.Profit.ShouldBe((stop - 33 - 4_000) * 50);
    }

    // A dollar is 0.8 euros until 12 March, and one euro afterwards.
    [Fact]
    public async Task A_chain_in_a_foreign_currency_is_sized_and_stopped_by_hand_at_the_rates_of_the_account()
    {
        var rates = Path.Combine(_under.Folder, "rates", "fx.csv");
        Directory.CreateDirectory(Path.GetDirectoryName(rates)!);
        var days = Enumerable.Range(0, 50).Select(d => new DateTime(2022, 2, 10).AddDays(d));
        await File.WriteAllLinesAsync(rates, ["time,EURUSD", .. days.Select(d => string.Create(CultureInfo.InvariantCulture,
            $"{d:yyyy-MM-dd},{(d < new DateTime(2022, 3, 12) ? 1.25 : 1)}"))]);
        var backtest = await _under.RunAsync(new BatchReader(TestCatalogues.All).Read("levels.json", Encoding.UTF8.GetBytes($$"""
            { "name": "levels", "account": { "cash": 10000000, "currency": "EUR", "conversion": "hold" },
              "data": { {{WriteChain()}}, "timeframe": "1d", "fx": "{{rates}}",
                "instruments": { "ES": { "multiplier": 50, "tick": 0.25, "lot": 1, "currency": "USD", {{Chain("difference")}} } } },
              "strategies": [ { "class": "EntersOnce", "size": { "units": 1 } } ], "portfolio": { "weights": "equal" } }
            """), _under.Folder), "backtest");
        var state = Path.Combine(_under.Folder, "state");
        Task<LiveRun> LiveAsync(string name, string to) => _under.LiveAsync(backtest, name, r => r with
        {
            Feed = Address.Parse("csv:" + Data),
            State = state,
            To = DateTime.Parse(to, CultureInfo.InvariantCulture).Ticks,
        });

        var first = await LiveAsync("first", "2022-03-08");
        var trade = first.Status.Account.Trades.Single();
        void Send(IssuedCommand command) => SessionControl.Send(Path.Combine(state, "control"), command, TimeProvider.System.GetUtcNow());
        Send(Protect(trade.Entry, 3_950, null));
        Send(new IssuedCommand(SessionCommand.Enter, "Anna", "a test", "", "ES")
        {
            Hand = new HandRequest { Side = Side.Buy, Size = SizeRule.Cash(500_000) },
        });
        var second = await LiveAsync("second", "2022-03-10");
        var rows = second.Status.Account.Trades;
        // 50 points of 50 dollars. Of 500,000 euros three contracts of 160,000.
        rows.Single(t => t.Entry == trade.Entry).Risk!.Value.ShouldBe(50 * 50 * 0.8, 1e-6);
        rows.Single(t => t.ByHand).Quantity.ShouldBe(3);

        var end = await LiveAsync("third", "2022-04-01");
        end.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        // The stop moved by the gap of 33 points. 2,500 dollars are as many euros; the three contracts by hand are flat.
        end.Ledger.TradeOf(trade.Entry)!.ExitPrice.ShouldBe(3_983);
        end.Status.AccountEquity.ShouldBe(10_000_000 - 2_500, 1e-6);
        (end.Status.AccountEquity - end.Status.ModelEquity - end.Status.ByHand).ShouldBe(0, 1e-6);
    }
}
