using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>A live session on paper writes a run's folder whose figures follow from its trades and the bars, and equal the
/// backtest's.</summary>
public class LiveSessionTests
{
    private const double Cash = 100_000, Commission = 0.001;

    [Fact]
    public async Task Figures_of_a_live_session_follow_from_its_trades_and_equal_the_backtest()
    {
        using var folder = new TemporaryFolder();
        var market = new RandomMarket(11);
        var start = new DateTime(2019, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var markets = new Dictionary<string, List<MarketBar>>(StringComparer.Ordinal)
        {
            ["AAA"] = market.Bars(RandomMarket.Weekdays(start, 500), 0.02),
            // Ends early, so that entries at its last closes can never fill.
            ["BBB"] = market.Bars(RandomMarket.Weekdays(start, 350), 0.03),
        };
        foreach (var (symbol, bars) in markets) MarketBar.Write(folder.File($"data/{symbol}.csv"), bars);
        var batch = folder.Write("batch.json", """
            { "name": "live", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1d" },
              "execution": { "commissionPercent": 0.1 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [3, 6], "slow": [15, 25] }, "sides": "both",
                "size": { "percentOfEquity": 20 },
                "stopLossPercent": 6 }],
              "portfolio": { "weights": "equal" } }
            """);
        await GranaryCommand.RunAsync("backtest", batch, "--out", folder.File("backtest"), "--quiet");
        await GranaryCommand.RunAsync("live", folder.File("backtest/prod.json"), "--feed", "csv:" + folder.File("data"), "--broker",
            "paper",
            "--without-evidence", "--out", folder.File("live"), "--quiet");

        var (backtest, live) = (new RunFiles(folder.File("backtest")), new RunFiles(folder.File("live")));
        AccountCheck.Portfolio(live, new MarketSet(markets), Cash, Commission);
        Page(live, markets);
        Results(live, backtest, markets);
        await GranaryCommand.RunAsync("compare", backtest.Folder, live.Folder, "--out", folder.File("compare.html"));
        var comparison = new PageCheck(ReportPage.Read(folder.File("compare.html")));
        new CompareTables(comparison, backtest, live, Cash).Check();
        comparison.Demand(sentences: true);
        comparison.Page.Sentences.ShouldContain(s => s.StartsWith("The live session's own portfolio", StringComparison.Ordinal));
        live.Equity().ShouldBe(backtest.Equity());
        // A backtest lists what stays open in an ended symbol at the symbol's end, a session at its own.
        live.PortfolioTrades().Where(t => !t.IsOpen).ShouldBe(backtest.PortfolioTrades().Where(t => !t.IsOpen));
        live.PortfolioTrades().Where(t => t.IsOpen).ShouldBe(backtest.PortfolioTrades().Where(t => t.IsOpen), ignoreOrder: true);
    }

    // The outcomes of the checks are those of the backtest that the configuration comes from.
    private static void Results(RunFiles live, RunFiles backtest, Dictionary<string, List<MarketBar>> markets)
    {
        var check = new ResultsCheck(live.Results);
        var run = new RunFigures(live, new MarketSet(markets), Cash, Commission);
        new RunResults(check, run, "equal").Check();
        foreach (var section in (string[])["evidence", "statements"])
            foreach (var outcome in backtest.Results.GetProperty(section).EnumerateObject())
                foreach (var figure in outcome.Value.EnumerateObject())
                    if (figure.Value.ValueKind == JsonValueKind.Number)
                        check.Number($"{section}.{outcome.Name}.{figure.Name}", figure.Value.GetDouble());
                    else if (figure.Value.GetString() is { } text && text.Any(char.IsDigit))
                        check.Text($"{section}.{outcome.Name}.{figure.Name}", text);
        var orders = CsvTable.Read(Path.Combine(live.Folder, "orders.csv"));
        var (equity, cash) = (run.Rows[^1].Equity, run.Rows[^1].Cash);
        foreach (var (key, value) in new[]
        {
            ("account", equity), ("model", equity), ("backtest", equity), ("cash", cash), ("fees", run.Trades.Sum(t => t.Commission)),
            ("orders", orders.Rows.Count), ("fills", run.Trades.Count + run.Closed.Count), ("rejected", 0),
            ("unknown", 0), ("openTrades", run.Trades.Count(t => t.IsOpen)),
        })
            check.Number("session." + key, value);
        // The page's check of the session compares it.
        check.Sentences(@"session\.sentence");
        check.Demand();
    }

    private static void Page(RunFiles live, Dictionary<string, List<MarketBar>> markets)
    {
        var check = new PageCheck(ReportPage.Read(Path.Combine(live.Folder, "report.html")));
        var run = new RunFigures(live, new MarketSet(markets), Cash, Commission);
        RunPage.Check(check, run);
        SessionTables.Check(check, run);
        check.Demand(sentences: true);
    }
}
