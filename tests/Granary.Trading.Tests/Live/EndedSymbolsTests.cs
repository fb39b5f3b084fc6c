using System.Globalization;
using System.Text;
using Granary.Backtesting.Runs;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Trading.Tests.Live;

[Strategy("Enters at its third bar and never leaves; only for tests.")]
public sealed class EntersOnce : Strategy
{
    public override void OnBar(StrategyContext bar)
    {
        if (bar.BarNumber == 2) bar.Enter(Side.Buy);
    }
}

/// <summary>One symbol's data end while a position in it is open; another symbol goes on.</summary>
public sealed class EndedSymbolsTests : IDisposable
{
    private readonly SessionUnderTest _under = new();

    public EndedSymbolsTests()
    {
        Write("ENDED", 21);
        Write("OTHER", 61);
    }

    public void Dispose() => _under.Dispose();

    // Daily bars from Monday, 1 January 2024, without weekends; ENDED's last is that of Monday, 29 January, and closes at 120.
    private void Write(string symbol, int bars)
    {
        var day = new DateTime(2024, 1, 1);
        var lines = new List<string> { "time,open,high,low,close,volume" };
        for (var i = 0; i < bars; i++)
        {
            while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) day = day.AddDays(1);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{99.5 + i},{101 + i},{99 + i},{100 + i},1000"));
            day = day.AddDays(1);
        }
        File.WriteAllLines(Path.Combine(_under.Folder, symbol + ".csv"), lines);
    }

    private async Task<(BatchRun Backtest, BatchRun Live)> RunAsync(string atEnd)
    {
        var spec = new BatchReader(TestCatalogues.All).Read("ended.json", Encoding.UTF8.GetBytes($$"""
            { "name": "ended", "data": { "source": "csv:{{_under.Folder}}", "symbols": ["ENDED", "OTHER"], "timeframe": "1d" },
              "execution": { "commissionPercent": 1 {{atEnd}} }, "strategies": [ { "class": "EntersOnce", "size": { "cash": 40000 } } ],
                "portfolio": { "weights": "equal" } }
            """), _under.Folder);
        var backtest = await _under.RunAsync(spec, "backtest");
        var live = await _under.LiveAsync(backtest, with: r => r with { Feed = Address.Parse("csv:" + _under.Folder), To = null });
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        return (backtest, live.Run);
    }

    private static string[] Trade(BatchRun run, string symbol) =>
        File.ReadLines(Path.Combine(run.Folder, "portfolio_trades.csv"))
            .Single(l => l.StartsWith($"EntersOnce@{symbol}", StringComparison.Ordinal)
                || l.StartsWith($"\"EntersOnce()@{symbol}", StringComparison.Ordinal)
                || l.Contains($",{symbol},", StringComparison.Ordinal)).Split(',');

    [Fact]
    public async Task A_position_in_a_symbol_whose_bars_end_stays_open_at_its_last_close_and_is_noted()
    {
        var (backtest, live) = await RunAsync("");
        foreach (var run in new[] { backtest, live })
        {
            Trade(run, "ENDED").ShouldContain("open");
            var note = run.Model.Notes.Single(n => n.Code == NoteCode.DataEnded);
            note.Sentence.ShouldContain("ENDED: 1 since 2024-01-29");
            note.Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task With_atEnd_close_it_is_closed_at_the_last_close_of_a_symbol_that_stops_trading_alike_in_backtest_and_live_session()
    {
        var (backtest, live) = await RunAsync(", \"atEnd\": \"close\"");
        foreach (var run in new[] { backtest, live })
        {
            var trade = Trade(run, "ENDED");
            trade.ShouldContain("data-ended");
            // Known on the sixth of OTHER's days without it; 120 is its last close.
            trade.ShouldContain("2024-02-06T00:00:00Z");
            trade.ShouldContain("120");
            run.Model.Notes.Single(n => n.Code == NoteCode.DataEnded).Count.ShouldBe(1);
            Trade(run, "OTHER").ShouldContain("open");
            // The strategy's own account has closed it too, at its last bar's close and for a commission of 1 %.
            var own = run.Model.Strategies.Single(s => s.Symbol == "ENDED").Stats!;
            own.Trades.ShouldBe(1);
            own.FinalEquity.ShouldBe(100_000 + 40_000 / 102.0 * (120 * 0.99 - 102.5 * 1.01), 1e-6);
            own.FinalEquity.ShouldBe(100_000 + own.NetProfit, 1e-6);
            // Its statistics are those of the equity with the last bar's close already settled.
            double[] equity = [.. Enumerable.Range(0, 21)
                .Select(i => i < 3 ? 100_000 : i == 20 ? own.FinalEquity : 100_000 + 40_000 / 102.0 * (100 + i - 102.5 * 1.01))];
            double[] returns = [.. equity.Select((e, i) => e / (i == 0 ? 100_000 : equity[i - 1]) - 1)];
            var deviation = Math.Sqrt(returns.Sum(r => (r - returns.Average()) * (r - returns.Average())) / 20);
            own.Volatility.ShouldBe(deviation * Math.Sqrt(own[RatioMetrics.PeriodsPerYear]), 1e-9);
            own.Sharpe.ShouldBe(returns.Average() / deviation * Math.Sqrt(own[RatioMetrics.PeriodsPerYear]), 1e-9);
            own[TradeMetrics.Exposure].ShouldBe(17 / 21.0, 1e-12);
            File.ReadLines(Path.Combine(run.Folder, "trades.csv")).Single(l => l.Contains("ENDED", StringComparison.Ordinal))
                .ShouldContain("data-ended");
            // At the batch's own end nothing is closed.
            run.Model.Strategies.Single(s => s.Symbol == "OTHER").Stats!.Trades.ShouldBe(0);
            File.ReadLines(Path.Combine(run.Folder, "trades.csv")).Single(l => l.Contains("OTHER", StringComparison.Ordinal))
                .ShouldContain(",open,");
            run.Model.Portfolio!.Trades.ShouldBe(1);
        }
        // What is held is OTHER alone from then on: half of 40,000 at the signal's close of 102, marked at 126.
        var row = File.ReadLines(Path.Combine(backtest.Folder, "equity.csv"))
            .Single(l => l.StartsWith("2024-02-06", StringComparison.Ordinal)).Split(',');
        double.Parse(row[3], CultureInfo.InvariantCulture).ShouldBe(20_000 / 102.0 * 126, 1e-6);
    }
}
