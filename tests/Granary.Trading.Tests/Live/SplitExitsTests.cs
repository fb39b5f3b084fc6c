using System.Globalization;
using System.IO.Compression;
using System.Text;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

[Strategy("Enters at its third bar and closes at its twelfth; only for tests.")]
public sealed class ClosesLater : Strategy
{
    public override void OnBar(StrategyContext bar)
    {
        if (bar.BarNumber == 2) bar.Enter(Side.Buy);
        if (bar.BarNumber == 11) bar.Exit(Side.Buy);
    }
}

/// <summary>Shares are split while an exit of a session is filled in part.</summary>
public sealed class SplitExitsTests : IDisposable
{
    private readonly SessionUnderTest _under = new();
    private int _states;

    public void Dispose() => _under.Dispose();

    // Thirty trading days of 2024 from Tuesday, 2 January. Of a day 40 shares can be traded, of the first ten 20,000.
    private static readonly DateOnly[] Days = [.. Enumerable.Range(0, 60).Select(d => new DateOnly(2024, 1, 2).AddDays(d))
        .Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Where(d => d is not { Month: 1, Day: 15 }).Take(30)];

    private async Task<Production> ProductionAsync(string strategy, params (int Day, double Ratio)[] splits)
    {
        var daily = Directory.CreateDirectory(Path.Combine(_under.Folder, "equity", "usa", "daily")).FullName;
        var price = 100.0;
        using (var zip = ZipFile.Open(Path.Combine(daily, "abc.zip"), ZipArchiveMode.Create))
        using (var writer = new StreamWriter(zip.CreateEntry("abc.csv").Open()))
            for (var i = 0; i < Days.Length; i++)
            {
                foreach (var (day, ratio) in splits)
                    if (day == i) price /= ratio;
                var p = Math.Round(price * 10_000);
                writer.Write(string.Create(CultureInfo.InvariantCulture,
                    $"{Days[i]:yyyyMMdd} 00:00,{p},{p},{p},{p},{(i < 10 ? 100_000 : 200)}\n"));
            }
        var factors = Directory.CreateDirectory(Path.Combine(_under.Folder, "equity", "usa", "factor_files")).FullName;
        var rows = new List<string> { "20501231,1,1,0" };
        var factor = 1.0;
        // A row is of the last day with its factor, so the latest split comes first.
        foreach (var (day, ratio) in splits.Reverse())
        {
            factor /= ratio;
            rows.Insert(0, string.Create(CultureInfo.InvariantCulture, $"{Days[day - 1]:yyyyMMdd},1,{factor},100"));
        }
        await File.WriteAllLinesAsync(Path.Combine(factors, "abc.csv"), rows);
        var spec = new BatchReader(TestCatalogues.All).Read("splits.json", Encoding.UTF8.GetBytes($$"""
            { "name": "splits", "account": { "cash": 100000 }, "execution": { "volumePercent": 20 },
              "data": { "source": "csv:{{daily}}", "symbols": ["ABC"], "timeframe": "1d", "adjust": false,
                "instruments": { "*": { "lot": 1 } } },
              "strategies": [ { "class": "{{strategy}}", "size": { "units": 200 } } ], "portfolio": { "weights": "equal" } }
            """), _under.Folder);
        return new ProductionReader(TestCatalogues.All).Read(Path.Combine((await _under.RunAsync(spec, "run")).Folder, "prod.json"));
    }

    private Task<SessionEnd> TradeAsync(Production production, ScriptedControl script, string? state = null, int days = 30) =>
        SessionUnderTest.TradeAsync(production, state ?? NewState(), new PaperSettings(),
            days < 30 ? $"{Days[days]:yyyy-MM-dd}" : "2024-03-01", new SessionParts(BrokerOf: b => new WatchedBroker(b, script)),
            new LiveOptions { Account = "test", Control = script });

    private string NewState() => Path.Combine(_under.Folder, $"state{++_states}");

    private static long Close(int day) => Days[day].ToDateTime(default).AddDays(1).Ticks;

    private static IssuedCommand Of(SessionCommand command, string trade = "", double? quantity = null) =>
        new(command, "Anna", "a test", "", "", trade) { Hand = quantity is { } part ? new HandRequest { Quantity = part } : null };

    private static double Sold(SessionEnd end) => end.Venue.Sum(e => e.Fill is { Side: Side.Sell } fill ? fill.Quantity : 0);

    // 200 shares, of which 100 are closed from day 15 on: 80 before the split of day 17, and then 20 as so many after it. The rest is 200
    // or 50, and is closed by `flatten`.
    [Theory]
    [InlineData(2, 80 + 40 + 200)]
    [InlineData(0.5, 80 + 10 + 50)]
    public async Task A_trade_is_closed_after_a_split_between_the_parts_of_an_exit(double ratio, double sold)
    {
        var production = await ProductionAsync("EntersOnce", (17, ratio));
        var trade = (await TradeAsync(production, new ScriptedControl(), days: 12)).Host.Ledger.Trades.Keys.Single();
        (long, IssuedCommand)[] commands = [(Close(14), Of(SessionCommand.Close, trade, 100)), (Close(20), Of(SessionCommand.Flatten))];

        var end = await TradeAsync(production, new ScriptedControl(commands));

        end.Host.Ledger.PositionOf("ABC").ShouldBe(0);
        Sold(end).ShouldBe(sold);
        var exit = end.Host.Ledger.TrackedOrders.Single(o => o.Order.Closes == trade && o.Order.Quantity == 100);
        (exit.Quantity, exit.Filled).ShouldBe((100 * ratio, 100 * ratio));
    }

    // A second part of 60 is commanded while the first one is filled. Both are so many shares after the split of day 16, as is the part of
    // 60 that is commanded after it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Parts_that_were_commanded_before_a_split_are_closed_in_its_shares(bool starts)
    {
        var production = await ProductionAsync("EntersOnce", (16, 2));
        var trade = (await TradeAsync(production, new ScriptedControl(), days: 12)).Host.Ledger.Trades.Keys.Single();
        var script = new ScriptedControl((Close(14), Of(SessionCommand.Close, trade, 60)), (Close(15), Of(SessionCommand.Close, trade, 60)),
            (Close(16), Of(SessionCommand.Close, trade, 60)));
        var state = NewState();
        foreach (var days in starts ? (int[])[16, 17, 18, 20] : [])
        {
            await TradeAsync(production, script, state, days);
            script.Again();
        }

        var end = await TradeAsync(production, script, state);

        script.Answers.ShouldAllBe(a => a.CommandFault == null);
        // 40 before the split, then 40 of the first part, 120 of the second, and 60.
        Sold(end).ShouldBe(40 + 40 + 120 + 60);
        end.Host.Ledger.PositionOf("ABC").ShouldBe(400 - 80 - 40 - 120 - 60);
        end.Host.Ledger.Trades[trade].Open.ShouldBe(100);
    }

    // The strategy closes at day 11. Its own account and the session sell 40 a day: splits at days 13 and 14.
    [Fact]
    public async Task An_exit_of_a_strategy_under_a_cap_of_volume_ends_after_two_splits()
    {
        var end = await TradeAsync(await ProductionAsync("ClosesLater", (13, 2), (14, 0.5)), new ScriptedControl());

        end.Host.Ledger.PositionOf("ABC").ShouldBe(0);
        end.Host.Ledger.ActiveTrades.ShouldBeEmpty();
        end.Host.Ledger.TrackedOrders.ShouldAllBe(o => !o.AwaitsFills && o.Filled <= o.Quantity);
        end.Host.Ledger.Trades.Values.Single().Profit.ShouldBe(0, 1e-9);
    }
}
