using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The stitched account of a walk-forward follows from its trades and the bars.</summary>
public class WalkForwardTests
{
    private const double Cash = 100_000, Commission = 0.001;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Figures_of_a_walk_forward_follow_from_its_trades_and_bars(int seed, bool isContinuous)
    {
        using var folder = new TemporaryFolder();
        var market = new RandomMarket(seed);
        var start = new DateTime(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var markets = new Dictionary<string, List<MarketBar>>(StringComparer.Ordinal);
        foreach (var symbol in new[] { "AAA", "BBB" })
        {
            var times = isContinuous ? RandomMarket.Every(start, TimeSpan.FromDays(1), 1600) : RandomMarket.Weekdays(start, 1400);
            markets[symbol] = market.Bars(times, volatility: 0.02, missing: 0.01);
            MarketBar.Write(folder.File($"data/{symbol}.csv"), markets[symbol]);
        }
        var batch = folder.Write("batch.json", """
            { "name": "wf", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1d" }, "execution": { "commissionPercent": 0.1 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [5, 10], "slow": [30, 60] }, "sides": "both",
                "size": { "percentOfEquity": 60 } }],
              "benchmark": "buy-and-hold", "walkForward": { "inSample": "2y", "outOfSample": "6mo" } }
            """);
        await GranaryCommand.RunAsync("walkforward", batch, "--out", folder.File("run"), "--quiet");

        var files = new RunFiles(folder.File("run"));
        var rows = AccountCheck.Portfolio(files, new MarketSet(markets), Cash, Commission);

        var check = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        var run = new RunFigures(files, new MarketSet(markets), Cash, Commission, "buy-and-hold");
        var figures = await TriedAsync(folder, run, batch);
        run.Tried = [.. figures.All.Select(s => (s.Id, figures.Deflated(s)))];
        RunPage.Check(check, run, "Buy and hold");
        WalkForwardTables.Check(check, run, combinations: 4);
        check.Demand(sentences: true);
        var results = new ResultsCheck(files.Results);
        await new WindowCheck(files, new MarketSet(markets), Cash, Commission, batch, results).DemandAsync();
        Validation(run, figures, results);

        if (!isContinuous) rows.ShouldAllBe(r => r.Time.DayOfWeek != DayOfWeek.Saturday && r.Time.DayOfWeek != DayOfWeek.Sunday);
        rows.ShouldContain(r => r.IsInvested, "a walk-forward that trades has exposure");
        var windows = CsvTable.Read(Path.Combine(files.Folder, "windows.csv"));
        foreach (var row in windows.Rows)
            windows.Time(row, "chosen_at").TimeOfDay.ShouldBe(TimeSpan.Zero, "windows begin at midnight");
    }

    /// <summary>A search tries other points in each window; the account of each choice is that of a backtest with its parameters.</summary>
    [Fact]
    public async Task Choices_of_a_searched_walk_forward_follow_from_its_trades_its_bars_and_backtests_of_its_windows()
    {
        using var folder = new TemporaryFolder();
        var market = new RandomMarket(4);
        var start = new DateTime(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var markets = new Dictionary<string, List<MarketBar>>(StringComparer.Ordinal);
        foreach (var symbol in new[] { "AAA", "BBB" })
        {
            markets[symbol] = market.Bars(RandomMarket.Weekdays(start, 1400), volatility: 0.02, missing: 0.01);
            MarketBar.Write(folder.File($"data/{symbol}.csv"), markets[symbol]);
        }
        var batch = folder.Write("batch.json", """
            { "name": "wf", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1d" }, "execution": { "commissionPercent": 0.1 },
              "strategies": [{ "class": "SmaCross", "sides": "both", "size": { "percentOfEquity": 60 },
                "search": { "method": "tpe", "trials": 20, "space": { "fast": [3, 25], "slow": [30, 90] } } }],
              "walkForward": { "inSample": "2y", "outOfSample": "6mo" } }
            """);
        await GranaryCommand.RunAsync("walkforward", batch, "--out", folder.File("run"), "--quiet", "--no-guards");
        var files = new RunFiles(folder.File("run"));
        AccountCheck.Portfolio(files, new MarketSet(markets), Cash, Commission);
        await new WindowCheck(files, new MarketSet(markets), Cash, Commission, batch, new ResultsCheck(files.Results)) { Searched = 20 }
            .DemandAsync();
    }

    // What is judged are all combinations over the whole record, as a plain backtest runs them.
    private static async Task<ValidationFigures> TriedAsync(TemporaryFolder folder, RunFigures run, string batch)
    {
        var json = JsonNode.Parse(await File.ReadAllTextAsync(batch))!.AsObject();
        json.Remove("walkForward");
        json["outputs"] = "all";
        await GranaryCommand.RunAsync("backtest", folder.Write("plain.json", json.ToJsonString()), "--out", folder.File("plain"), "--quiet",
            "--no-guards");
        var plain = new RunFigures(new RunFiles(folder.File("plain")), run.Markets, Cash, Commission);
        return new ValidationFigures(FilteredStrategy.Of(plain), run.Rows, Cash, "windows", RunFigures.Worth(run.Markets, "buy-and-hold"));
    }

    private static void Validation(RunFigures run, ValidationFigures figures, ResultsCheck check)
    {
        var validation = new ValidationCheck(check, run.Files.Results, figures, null);
        validation.Check();
        const string Stress = "evidence.costStress.";
        check.Number(Stress + "return", run.Rows[^1].Equity / Cash - 1);
        check.Number(Stress + "weighted", run.Files.Strategies.Count);
        check.Number(Stress + "strategies", run.Files.Strategies.Count);
        var (stressed, own) = (run.Files.Trades("stressed_portfolio_trades.csv"), run.Files.Trades("stressed_trades.csv"));
        stressed.Select(t => t.Commission / t.Quantity / (t.EntryPrice + (t.IsOpen ? 0 : t.ExitPrice)))
            .ShouldAllBe(rate => Math.Abs(rate - 2 * Commission) < 1e-9, "costs are doubled");
        check.Number(Stress + "stressed", stressed.Sum(t => t.NetProfit) / Cash);
        check.Number(Stress + "stillProfitable", own.GroupBy(t => t.Strategy).Count(g => g.Sum(t => t.NetProfit) > 0));
        new RunResults(check, run, "windows").Check();
        validation.Demand();
    }
}
