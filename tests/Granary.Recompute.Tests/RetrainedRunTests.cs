using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>Which version of a model was in force, and why, follows from labels, trades and predictions.</summary>
public class RetrainedRunTests
{
    private const double Cash = 100_000, Commission = 0.0001;

    [Fact]
    public async Task Decisions_of_trainings_expiries_and_challengers_follow_from_labels_trades_and_predictions()
    {
        using var folder = new TemporaryFolder();
        var (market, start, bars) = (new RandomMarket(9), new DateTime(2021, 1, 4, 0, 0, 0, DateTimeKind.Utc), new List<MarketBar>());
        foreach (var memory in new[] { 0.5, -0.5, 0.1 })
            bars.AddRange(market.Bars(RandomMarket.Every(start.AddHours(bars.Count), TimeSpan.FromHours(1), 1300), 0.004, memory: memory));
        MarketBar.Write(folder.File("data/AAA.csv"), bars);
        var batch = JsonNode.Parse("""
            { "name": "retrained", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1h" },
              "execution": { "commissionPercent": 0.01 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": 1, "slow": 2 }, "sides": "both",
                "size": { "percentOfEquity": 20 } }],
              "learning": [{ "name": "gate", "strategies": ["SmaCross"], "trainer": "logistic",
                "features": ["return(1)", "volatility(10)"], "label": { "kind": "direction", "bars": 2 },
                "walkForward": { "window": "rolling", "train": 300, "test": 80, "gap": 3 },
                "apply": { "rule": "veto", "below": 0.45 },
                "retrain": { "trades": 60, "lateness": "5h", "level": 0.1, "challenger": true, "expire": { "bars": 420 } } }],
              "portfolio": { "weights": "equal" }, "outputs": "all" }
            """)!;
        var file = folder.Write("batch.json", batch.ToJsonString());
        await GranaryCommand.RunAsync("backtest", file, "--out", folder.File("run"), "--quiet", "--no-guards");

        var files = new RunFiles(folder.File("run"));
        var markets = new MarketSet(new Dictionary<string, List<MarketBar>> { ["AAA"] = bars });
        var run = new RunFigures(files, markets, Cash, Commission);
        var results = new ResultsCheck(files.Results);
        var retraining = new RetrainingCheck(results, run, batch["learning"]![0]!, bars);
        retraining.Decide();
        retraining.Check();
        new ModelDecisionCheck(results, run, batch) { HasExpired = retraining.HasExpired }.Check();
        results.Unchecked.Where(p => p.StartsWith("modelDecisions", StringComparison.Ordinal)).ShouldBeEmpty();
        results.Differences.ShouldBeEmpty();

        // What the test is about has happened.
        foreach (var action in new[] { "promoted", "rejected", "expired" }) retraining.CountOf(action).ShouldBeGreaterThan(1, action);

        var page = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        ModelDecisionTables.Check(page, run);
        page.Differences.ShouldBeEmpty();
    }
}
