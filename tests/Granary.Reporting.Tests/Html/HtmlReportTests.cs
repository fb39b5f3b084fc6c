using System.Diagnostics;
using Granary.Reporting.Html;
using Granary.Reporting.Tests.Synthetic;

namespace Granary.Reporting.Tests.Html;

public class HtmlReportTests
{
    private static readonly SyntheticRun _thousand = SyntheticRun.Make();

    [Fact]
    public void Writes_it()
    {
        var w = new StringWriter();
        HtmlReport.Write(w, _thousand.Model, _thousand);
        var clock = Stopwatch.StartNew();
        w = new StringWriter();
        HtmlReport.Write(w, _thousand.Model, _thousand);
        TestContext.Current.TestOutputHelper!.WriteLine($"{clock.ElapsedMilliseconds} ms {w.ToString().Length} {_thousand.TradeCount}");
        File.WriteAllText("/tmp/report/run.html", w.ToString());
    }
}
