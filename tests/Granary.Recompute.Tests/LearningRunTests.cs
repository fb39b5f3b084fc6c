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
        await GranaryCommand.RunAsync("backtest", Repository.Sample("learning.json"), "--out", folder.File("run"), "--quiet");

        var files = new RunFiles(folder.File("run"));
        var markets = files.Weighted.Select(s => s.GetProperty("symbol").GetString()!).Distinct()
            .ToDictionary(s => s, s => MarketBar.Read(Repository.Sample($"data/1h/{s}.csv")), StringComparer.Ordinal);
        AccountCheck.Portfolio(files, new MarketSet(markets), Cash, LearningCommission);
        var check = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        var run = new RunFigures(files, new MarketSet(markets), Cash, LearningCommission);
        RunPage.Check(check, run);
        LearningTables.Check(check, run);
        check.Demand(sentences: true);

        var results = new ResultsCheck(files.Results);
        new RunResults(results, run, "equal").Check();
        results.Listed(@"learning\..*|strategies\[\d+\]\.model",
            "what models predicted is in no file; sums are compared with the page's tables");
        results.Listed(@"(guards|evidence)\..*|.*\.(deflatedSharpe|probabilityOfOverfitting)",
            "LearningValidationTests recomputes them, from a batch whose strategies can be run alone");
        results.Demand();
    }

    private const double Cash = 100_000, LearningCommission = 0.0005;
}
