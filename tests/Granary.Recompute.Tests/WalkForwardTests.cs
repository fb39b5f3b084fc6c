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
              "strategies": [{ "class": "SmaCross", "params": { "fast": [5, 10], "slow": [30, 60] }, "sides": "both", "size": { "percentOfEquity": 60 } }],
              "walkForward": { "inSample": "2y", "outOfSample": "6mo" } }
            """);
        await GranaryCommand.RunAsync("walkforward", batch, "--out", folder.File("run"), "--quiet");

        var files = new RunFiles(folder.File("run"));
        var rows = AccountCheck.Portfolio(files, new MarketSet(markets), Cash, Commission);

        var check = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        var run = new RunFigures(files, new MarketSet(markets), Cash, Commission);
        RunPage.Check(check, run);
        WalkForwardTables.Check(check, run, combinations: 4);
        check.Demand();
        await new WindowCheck(files, new MarketSet(markets), Cash, Commission, batch).DemandAsync();

        if (!isContinuous) rows.ShouldAllBe(r => r.Time.DayOfWeek != DayOfWeek.Saturday && r.Time.DayOfWeek != DayOfWeek.Sunday);
        rows.ShouldContain(r => r.IsInvested, "a walk-forward that trades has exposure");
        var windows = CsvTable.Read(Path.Combine(files.Folder, "windows.csv"));
        foreach (var row in windows.Rows)
            windows.Time(row, "chosen_at").TimeOfDay.ShouldBe(TimeSpan.Zero, "windows begin at midnight");
    }
}
