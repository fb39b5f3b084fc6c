using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>Every figure of the quickstart's report follows from the run's own files and the bars.</summary>
public class QuickstartReportTests(QuickstartRun run)
{
    private const double Cash = 100_000, Commission = 0.0005;

    [Fact]
    public void Figures_of_the_page_follow_from_trades_and_bars()
    {
        var check = new PageCheck(ReportPage.Read(Path.Combine(run.Files.Folder, "report.html")));
        var trades = run.Files.PortfolioTrades();
        var account = new AccountFigures(new RebuiltAccount(Cash, Commission).Rows(trades, run.Markets.Bars), trades, Cash, 8760);
        var timeframes = run.Files.Strategies.ToDictionary(s => s.GetProperty("id").GetString()!, s => s.GetProperty("timeframe").GetString()!);

        var statistics = account.Statistics();
        foreach (var caption in new[] { "Return", "Risk", "Return for risk", "Trades" }) check.Pairs(caption, statistics);
        check.Pairs("Exposure and turnover", account.Exposure());
        check.Pairs("Costs", account.Costs());
        CurveTables.Months(check, account.Daily);
        CurveTables.Days(check, account.Daily);
        TradeTables.Check(check, trades, t => timeframes[t.Strategy] != "1d");
        DecisionTables.Streaks(check, [.. trades.Where(t => !t.IsOpen)]);
        DecisionTables.Decisions(check, Path.Combine(run.Files.Folder, "signals.csv"));
        StrategyTables.Groups(check, run.Files.Strategies, trades);

        check.Differences.ShouldBeEmpty();
    }
}
