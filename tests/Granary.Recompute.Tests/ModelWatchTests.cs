using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>What the watch of a model and its abstentions do follows from signals, trades and bars.</summary>
public class ModelWatchTests
{
    private const double Cash = 100_000, Commission = 0.0001;
    private const int Count = 6000, Flip = 3000, Wild = 5600;

    // Moves go on until the flip and turn back after it; the last bars move farther.
    private readonly List<MarketBar> _bars = Join(new RandomMarket(7));

    private static List<MarketBar> Join(RandomMarket market)
    {
        var start = new DateTime(2021, 1, 4, 0, 0, 0, DateTimeKind.Utc);
        var bars = new List<MarketBar>();
        foreach (var (count, volatility, memory) in new[] { (Flip, 0.004, 0.6), (Wild - Flip, 0.004, -0.6), (Count - Wild, 0.01, -0.6) })
            bars.AddRange(market.Bars(RandomMarket.Every(start.AddHours(bars.Count), TimeSpan.FromHours(1), count), volatility,
                memory: memory));
        return bars;
    }

    [Fact]
    public async Task Alerts_abstentions_and_the_worth_of_decisions_follow_from_signals_trades_and_bars()
    {
        using var folder = new TemporaryFolder();
        MarketBar.Write(folder.File("data/AAA.csv"), _bars);
        var batch = JsonNode.Parse("""
            { "name": "watched", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1h" },
              "execution": { "commissionPercent": 0.01 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": 1, "slow": 2 }, "sides": "both",
                "size": { "percentOfEquity": 20 } }],
              "learning": [{ "name": "gate", "strategies": ["SmaCross"], "trainer": "logistic",
                "features": ["return(1)", "volatility(10)"], "label": { "kind": "direction", "bars": 1 },
                "walkForward": { "window": "rolling", "train": 900, "test": 300 },
                "apply": { "rule": "veto", "below": 0.45 },
                "watch": { "detector": "adwin", "weight": 0.25, "review": 40 }, "abstain": true }],
              "portfolio": { "weights": "equal" }, "outputs": "all" }
            """)!;
        var file = folder.Write("batch.json", batch.ToJsonString());
        foreach (var threads in new[] { 1, 2 })
            await GranaryCommand.RunAsync("backtest", file, "--out", folder.File($"run{threads}"), "--quiet", "--no-guards",
                $"--threads={threads}");
        foreach (var name in new[] { "model_log.csv", "model_decisions.csv", "signals.csv" })
            File.ReadAllText(folder.File($"run2/{name}")).ShouldBe(File.ReadAllText(folder.File($"run1/{name}")), name);

        var files = new RunFiles(folder.File("run1"));
        var markets = new MarketSet(new Dictionary<string, List<MarketBar>> { ["AAA"] = _bars });
        AccountCheck.Portfolio(files, markets, Cash, Commission);
        var run = new RunFigures(files, markets, Cash, Commission);
        var results = new ResultsCheck(files.Results);
        new RunResults(results, run, "equal").Check();
        new LearningCheck(results, run, batch).Check();
        var decisions = new ModelDecisionCheck(results, run, batch);
        decisions.Check();
        var (_, samples) = ModelSamples.Read(files.Folder).Single();
        var features = LinearImportance.Features(_bars, TimeSpan.FromHours(1), ["return(1)", "volatility(10)"]);
        foreach (var strategy in files.Strategies)
            decisions.Dissimilarities(strategy.GetProperty("id").GetString()!, samples, features, TimeSpan.FromHours(1));
        results.Listed(@"(guards|evidence)\..*|.*\.(deflatedSharpe|probabilityOfOverfitting)",
            "LearningValidationTests recomputes them, from a batch whose strategies can be run alone");
        results.Demand();

        // What the test is about has happened.
        foreach (var strategy in files.Strategies.Select(s => s.GetProperty("id").GetString()))
        {
            var own = decisions.Actions.Where(a => a.Strategy == strategy).Select(a => a.Action).ToList();
            own.ShouldContain(a => a.IsAlert && a.Time >= _bars[Flip].Time);
            own.ShouldContain(a => !a.IsAlert);
        }
        decisions.CountOf("abstained").ShouldBeGreaterThan(50);
        decisions.CountOf("reduced").ShouldBeGreaterThan(20);

        var page = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        LearningTables.Check(page, run);
        ModelDecisionTables.Check(page, run);
        // LearningRunTests demands every figure of such a page.
        page.Differences.ShouldBeEmpty();
    }
}
