using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The states of markets, how they follow one another and how far machines agree, follow from the bars.</summary>
public class RegimeRunTests
{
    [Fact]
    public async Task Figures_of_market_states_follow_from_the_bars()
    {
        using var folder = new TemporaryFolder();
        var batch = new RegimeBatch();
        await GranaryCommand.RunAsync("backtest", batch.Write(folder), "--out", folder.File("run"), "--quiet");

        var files = new RunFiles(folder.File("run"));
        var section = files.Results.GetProperty("regimes");
        section.GetProperty("charts").GetArrayLength().ShouldBe(batch.Markets.Count);
        var check = new PageCheck(ReportPage.Read(Path.Combine(files.Folder, "report.html")));
        var results = new ResultsCheck(section);
        RegimeTables.Check(check, results, section, batch);
        RunPage.Check(check, new RunFigures(files, new MarketSet(batch.Markets), RegimeBatch.Cash, RegimeBatch.Commission));
        check.Demand(sentences: true);
        results.Demand();
    }
}
