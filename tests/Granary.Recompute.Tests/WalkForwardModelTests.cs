using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>What the models of the windows of a walk-forward decided follows from its signals.</summary>
public class WalkForwardModelTests
{
    private const double Cash = 100_000, Commission = 0.0001;
    private const int Count = 2400, Flip = 1500;

    // Moves go on until the flip and turn back after it.
    private readonly List<MarketBar> _bars = Join(new RandomMarket(11));

    private static List<MarketBar> Join(RandomMarket market)
    {
        var start = new DateTime(2021, 1, 4, 0, 0, 0, DateTimeKind.Utc);
        return [.. market.Bars(RandomMarket.Every(start, TimeSpan.FromHours(1), Flip), 0.004, memory: 0.6),
            .. market.Bars(RandomMarket.Every(start.AddHours(Flip), TimeSpan.FromHours(1), Count - Flip), 0.004, memory: -0.6)];
    }

    [Fact]
    public async Task Decisions_and_alerts_of_models_over_all_windows_follow_from_the_signals()
    {
        using var folder = new TemporaryFolder();
        MarketBar.Write(folder.File("data/AAA.csv"), _bars);
        var batch = JsonNode.Parse("""
            { "name": "windows", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1h" },
              "execution": { "commissionPercent": 0.01 },
              "strategies": [
                { "class": "SmaCross", "params": { "fast": 1, "slow": 2 }, "sides": "both", "size": { "percentOfEquity": 20 } },
                { "class": "EmaCross", "params": { "fast": [1, 2], "slow": [4, 6] }, "sides": "both", "size": { "percentOfEquity": 20 } }],
              "learning": [
                { "name": "watched", "strategies": ["SmaCross"], "trainer": "logistic", "features": ["return(1)", "volatility(10)"],
                  "label": { "kind": "direction", "bars": 1 }, "walkForward": { "window": "rolling", "train": 400, "test": 300 },
                  "apply": { "rule": "veto", "below": 0.45 },
                  "watch": { "detector": "adwin", "weight": 0.25, "review": 40, "rollback": false } },
                { "name": "free", "strategies": ["EmaCross"], "trainer": "logistic", "features": ["return(1)"],
                  "label": { "kind": "direction", "bars": 1 }, "walkForward": { "window": "rolling", "train": 400, "test": 300 },
                  "apply": { "rule": "veto", "below": 0.5 } }],
              "walkForward": { "inSample": "1000h", "outOfSample": "120h", "minTrades": 1 } }
            """)!;
        var file = folder.Write("batch.json", batch.ToJsonString());
        await GranaryCommand.RunAsync("walkforward", file, "--out", folder.File("run"), "--quiet", "--no-guards", "--threads=2");

        var files = new RunFiles(folder.File("run"));
        var markets = new MarketSet(new Dictionary<string, List<MarketBar>> { ["AAA"] = _bars });
        AccountCheck.Portfolio(files, markets, Cash, Commission);
        var run = new RunFigures(files, markets, Cash, Commission);
        var results = new ResultsCheck(files.Results);
        var decisions = new ModelDecisionCheck(results, run, batch) { IsWalkForward = true };
        decisions.Check();
        results.Listed(@"(?!modelDecisions).*", "WalkForwardTests recomputes them");
        results.Demand();
        Windows(files);

        // What the test is about has happened, in each group; choices changed.
        decisions.Actions.ShouldContain(a => a.Action.IsAlert && a.Action.Time >= _bars[Flip].Time);
        decisions.CountOf("reduced").ShouldBeGreaterThan(20);
        decisions.CountOf("refused").ShouldBeGreaterThan(20);
        var page = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        ModelDecisionTables.Check(page, run);
        page.Differences.ShouldBeEmpty();
    }

    // A signal is of the strategy's window, numbered on from choice to choice, and the model is that window's.
    private static void Windows(RunFiles files)
    {
        var windows = CsvTable.Read(Path.Combine(files.Folder, "windows.csv"));
        var signals = CsvTable.Read(Path.Combine(files.Folder, "signals.csv"));
        foreach (var group in windows.Rows.GroupBy(r => windows.Text(r, "group")))
        {
            List<string[]> chosen = [.. group], rows = [.. signals.Rows.Where(r => signals.Text(r, "strategy") == group.Key)];
            rows.Count.ShouldBeGreaterThan(100);
            rows.Select(r => int.Parse(signals.Text(r, "number"))).ShouldBe(Enumerable.Range(1, rows.Count));
            rows.Select(r => signals.Time(r, "time")).ShouldBeInOrder();
            foreach (var row in rows)
            {
                var (version, time) = (int.Parse(signals.Text(row, "model_version")), signals.Time(row, "time"));
                time.ShouldBeInRange(windows.Time(chosen[version - 1], "chosen_at"), windows.Time(chosen[version - 1], "to").AddTicks(-1));
            }
            if (group.Key.StartsWith("EmaCross", StringComparison.Ordinal))
                chosen.Select(r => windows.Text(r, "strategy")).Distinct().Count().ShouldBeGreaterThan(1);
        }
    }
}
