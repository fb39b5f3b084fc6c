using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>
/// Figures of portfolios whose trades are closed in parts, or that borrow, follow from their fills and the bars, on markets with different
/// calendars.
/// </summary>
public class TrimmedBatchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Figures_of_a_portfolio_whose_limits_trim_its_trades_follow_from_its_fills(int seed)
    {
        using var folder = new TemporaryFolder();
        var batch = new TrimmedBatch(seed);
        var run = await RunAsync(folder, batch, batch.LimitedAtEveryBar(folder), 0);
        run.Trades.ShouldContain(t => t.Reason == "limit", "a limit has closed a part or the whole of a trade");
        run.Fills.CountBy(f => (f.Strategy, f.Number)).ShouldContain(f => f.Value > 2, "a trade is closed in parts");
        new FileCheck(run.Files, batch.Markets, TrimmedBatch.Commission).Demand();
        var check = Page(run);
        RunPage.Check(check, run, "STOCKA");
        check.Demand(sentences: true);
        Compared(run);
        await ValidationAsync(folder, run);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Figures_of_a_portfolio_that_is_rebalanced_each_month_follow_from_its_fills(int seed)
    {
        using var folder = new TemporaryFolder();
        var batch = new TrimmedBatch(seed);
        var run = await RunAsync(folder, batch, batch.Rebalanced(folder), 0);
        run.Trades.Count(t => t.IsOpen).ShouldBeGreaterThan(3, "purchases of several months are open");
        foreach (var open in run.Trades.Where(t => t.IsOpen))
            open.ExitPrice.ShouldBe(batch.Markets.Bars[open.Symbol][^1].Close, "what is open is marked at the last close");
        var check = Page(run);
        new AccountTables(check, run).Check();
        check.Differences.ShouldBeEmpty();
        Compared(run);
        // A single strategy that weighs all holds what its portfolio holds.
        var own = run.Files.StrategyTrades();
        own.Where(t => t.IsOpen).Sum(t => t.Quantity * t.ExitPrice).ShouldBe(run.Rows[^1].Exposure, 1e-6 * TrimmedBatch.Cash);
        own.Sum(t => t.NetProfit).ShouldBe(run.Rows[^1].Equity - TrimmedBatch.Cash, 1e-6 * TrimmedBatch.Cash);
        foreach (var trade in own)
            trade.Profit.ShouldBe(trade.Quantity * (trade.ExitPrice - trade.EntryPrice), 1e-9 * TrimmedBatch.Cash);
        var stats = run.Files.Strategies.ShouldHaveSingleItem().GetProperty("stats");
        Agreement.Demand(stats, "trades", own.Count(t => !t.IsOpen), "the closed parts count");
        Agreement.Demand(stats, "netProfit", own.Where(t => !t.IsOpen).Sum(t => t.NetProfit), "the closed parts count");
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public async Task Interest_is_paid_for_the_nights_over_which_a_portfolio_borrows(int seed)
    {
        using var folder = new TemporaryFolder();
        var batch = new TrimmedBatch(seed);
        var run = await RunAsync(folder, batch, batch.OnMargin(folder), TrimmedBatch.MarginRate);
        run.Account.Interest.ShouldBeGreaterThan(10);
        run.Rows[^1].Equity.ShouldBe(run.Files.Equity()[^1].Equity, 1e-6 * TrimmedBatch.Cash);
    }

    private static PageCheck Page(RunFigures run) => new(ReportPage.Read(Path.Combine(run.Files.Folder, "report.html")));

    // The positions behind the exposure of each row, and what results.json says against the benchmark.
    private static void Compared(RunFigures run)
    {
        foreach (var (row, shown) in run.Rows.Zip(run.Files.Equity()))
            shown.Exposure.ShouldBe(row.Exposure, 1e-6 * TrimmedBatch.Cash, $"exposure at {row.Time:u}");
        var check = new ResultsCheck(run.Files.Results);
        new RunResults(check, run, "equal").Benchmark();
        check.Differences.ShouldBeEmpty();
        // A stock has no bars on weekends, though the portfolio has rows there.
        run.BenchmarkRows!.Times.Skip(1).ShouldAllBe(t => t.DayOfWeek != DayOfWeek.Saturday && t.DayOfWeek != DayOfWeek.Sunday);
    }

    private static async Task ValidationAsync(TemporaryFolder folder, RunFigures run)
    {
        var stressed = JsonNode.Parse(await File.ReadAllTextAsync(folder.File("batch.json")))!;
        stressed["execution"] = new JsonObject { ["commissionPercent"] = 200 * TrimmedBatch.Commission, ["latencyBars"] = 1 };
        var check = new ResultsCheck(run.Files.Results);
        var figures = new ValidationFigures(FilteredStrategy.Of(run), run.Rows, TrimmedBatch.Cash, "equal",
            RunFigures.Worth(run.Markets, "STOCKA"));
        new ValidationCheck(check, run.Files.Results, figures, await StressedRun.ReturnsAsync(folder, stressed)).Check();
        check.Differences.ShouldBeEmpty();
    }

    private static async Task<RunFigures> RunAsync(TemporaryFolder folder, TrimmedBatch batch, string path, double marginRate)
    {
        await GranaryCommand.RunAsync("backtest", path, "--out", folder.File("run"), "--quiet");
        var files = new RunFiles(folder.File("run"));
        AccountCheck.Portfolio(files, batch.Markets, TrimmedBatch.Cash, TrimmedBatch.Commission, marginRate);
        return new RunFigures(files, batch.Markets, TrimmedBatch.Cash, TrimmedBatch.Commission, "STOCKA", marginRate);
    }
}
