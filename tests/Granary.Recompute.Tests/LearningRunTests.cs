using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The account of a batch whose entries are gated and sized by a model follows from its trades and the bars.</summary>
public class LearningRunTests
{
    [Fact]
    public async Task Figures_of_a_learning_batch_follow_from_its_trades_and_bars()
    {
        using var folder = new TemporaryFolder();
        var batch = JsonNode.Parse(File.ReadAllText(Repository.Sample("learning.json")), null,
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;
        batch["data"]!["source"] = "csv:" + Repository.Sample("data/1h");
        // With it predictions.csv has training samples too.
        batch["outputs"] = "all";
        await GranaryCommand.RunAsync("backtest", folder.Write("batch.json", batch.ToJsonString()), "--out", folder.File("run"), "--quiet");

        var files = new RunFiles(folder.File("run"));
        var markets = files.Weighted.Select(s => s.GetProperty("symbol").GetString()!).Distinct()
            .ToDictionary(s => s, s => MarketBar.Read(Repository.Sample($"data/1h/{s}.csv")), StringComparer.Ordinal);
        AccountCheck.Portfolio(files, new MarketSet(markets), Cash, LearningCommission);
        var check = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        var run = new RunFigures(files, new MarketSet(markets), Cash, LearningCommission);
        RunPage.Check(check, run);
        LearningTables.Check(check, run);
        ModelDecisionTables.Check(check, run);
        check.Demand(sentences: true);

        var results = new ResultsCheck(files.Results);
        new RunResults(results, run, "equal").Check();
        new LearningCheck(results, run, batch).Check();
        new ModelDecisionCheck(results, run, batch).Check();
        ValidationCheck.Portfolio(results, files.Results, WeeklyReturns.Of(run.Rows, Cash));
        results.Listed(@"(guards|evidence|statements)\..*|.*\.(deflatedSharpe|probabilityOfOverfitting)",
            "LearningValidationTests recomputes them, from a batch whose strategies can be run alone");
        results.Demand();
    }

    private const double Cash = 100_000, LearningCommission = 0.0005;
}
