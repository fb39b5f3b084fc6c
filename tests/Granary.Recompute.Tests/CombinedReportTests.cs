using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>Every figure of the combined batch's reports follows from the runs' own files and the bars.</summary>
public class CombinedReportTests(CombinedRuns runs)
{
    [Fact]
    public void Figures_of_the_page_of_a_combined_batch_follow_from_trades_and_bars() => Check(runs.SharedFigures, "Buy and hold");

    [Fact]
    public void Figures_of_the_page_of_a_ruined_portfolio_follow_from_trades_and_bars() => Check(runs.RuinedFigures, "NYSE");

    private static void Check(RunFigures run, string name)
    {
        var check = new PageCheck(ReportPage.Read(Path.Combine(run.Files.Folder, "report.html")));
        RunPage.Check(check, run, name);
        check.Demand(sentences: true);
    }
}
