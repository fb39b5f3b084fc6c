using System.Globalization;
using System.Text;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Trading.Tests.Live;

[Strategy("Enters at every second bar and leaves at the next; only for tests.")]
public sealed class EverySecondBar : Strategy
{
    public override void OnBar(StrategyContext bar)
    {
        if (bar.BarNumber % 2 == 0) bar.Enter(Side.Buy);
        else bar.Exit();
    }
}

/// <summary>One symbol's data end while an accepted entry waits for its next bar; another symbol goes on.</summary>
public sealed class HaltedSymbolsTests : IDisposable
{
    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    // Daily bars from Monday, 1 January 2024, without weekends.
    private static void Write(string folder, string symbol, int bars)
    {
        var day = new DateTime(2024, 1, 1);
        var lines = new List<string> { "time,open,high,low,close,volume" };
        for (var i = 0; i < bars; i++)
        {
            while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) day = day.AddDays(1);
            var price = 100 + i % 7;
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{price},{price + 1},{price - 1},{price},1000"));
            day = day.AddDays(1);
        }
        File.WriteAllLines(Path.Combine(folder, symbol + ".csv"), lines);
    }

    [Fact]
    public async Task Entries_of_a_symbol_that_stops_trading_expire_alike_in_backtest_and_live_session_and_free_their_cash()
    {
        var bars = Directory.CreateDirectory(Path.Combine(_under.Folder, "bars")).FullName;
        Write(bars, "HALTED", 21);
        Write(bars, "OTHER", 61);
        var spec = new BatchReader(TestCatalogues.All).Read("halted.json", Encoding.UTF8.GetBytes($$"""
            { "name": "halted", "data": { "source": "csv:{{bars}}", "symbols": ["HALTED", "OTHER"], "timeframe": "1d" }, "execution": {},
              "strategies": [ { "class": "EverySecondBar", "size": { "cash": 80000 } } ],
              "portfolio": { "weights": "equal", "limits": { "maxGrossPercent": 60 } } }
            """), Path.GetTempPath());
        var backtest = await _under.RunAsync(spec, "backtest");
        var live = await _under.LiveAsync(backtest, with: r => r with { Feed = Address.Parse("csv:" + bars), To = null });

        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        // The last entry of HALTED was accepted and withdrawn; until then its cash and room are reserved.
        backtest.Model.Decisions[Decision.Expired].ShouldBe(1);
        live.Run.Model.Decisions.ShouldBe(backtest.Model.Decisions);
        backtest.Model.Notes.ShouldContain(n => n.Code == NoteCode.EntryExpired && n.Count == 1);
        live.Run.Model.Notes.ShouldContain(n => n.Code == NoteCode.EntryExpired && n.Count == 1);
        var signals = File.ReadAllLines(Path.Combine(backtest.Folder, "signals.csv")).Where(l => l.Contains("@OTHER",
            StringComparison.Ordinal)).ToList();
        // Of OTHER's entries after the halt the first three days' are refused, and all later ones are accepted.
        var (refused, accepted) = (signals.FindLastIndex(l => l.Contains("max-gross", StringComparison.Ordinal)), signals.Count(l =>
            l.Contains(",accepted,", StringComparison.Ordinal)));
        refused.ShouldBeInRange(10, 14);
        accepted.ShouldBeGreaterThan(14);
        File.ReadAllLines(Path.Combine(live.Run.Folder, "signals.csv")).Where(l => l.Contains("@OTHER", StringComparison.Ordinal))
            .ShouldBe(signals);
    }
}
