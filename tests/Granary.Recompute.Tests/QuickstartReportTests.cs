using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>Every figure of the quickstart's report follows from the run's own files and the bars.</summary>
public class QuickstartReportTests(QuickstartRun run)
{
    [Fact]
    public void Figures_of_the_page_follow_from_trades_and_bars()
    {
        var check = new PageCheck(ReportPage.Read(Path.Combine(run.Files.Folder, "report.html")));
        RunPage.Check(check, run.Figures);
        check.Demand(sentences: true);
    }
}
