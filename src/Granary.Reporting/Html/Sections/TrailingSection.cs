using System.Globalization;
using Granary.Engine.Analysis;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Returns over periods that end on the last day, and by year, beside the benchmark's.</summary>
internal sealed class TrailingSection : IReportSection<CurveView>
{
    public string Id => "trailing";

    public string Title => "Trailing and yearly returns";

    public bool Applies(CurveView view) => view.Moves;

    public void Write(HtmlWriter html, CurveView view)
    {
        var own = TrailingReturn.Of(view.Measured);
        var benchmark = view.BenchmarkWithin;
        var theirs = benchmark is null ? [] : TrailingReturn.Of(benchmark, view.Measured.Times[^1]);
        List<HtmlColumn> columns = [new("Span", Number: false), new("From", Number: false), new("Return"),
            new("A year", Hint: "The same return a year, for spans over a year")];
        if (theirs.Count > 0) columns.AddRange([new HtmlColumn(view.BenchmarkName), new HtmlColumn("A year", Minor: true),
            new HtmlColumn("Difference", Hint: "Return less the benchmark's, in percentage points (pp)")]);
        HtmlTable.Open(html, $"Returns up to {NumberText.Date(view.Measured.Times[^1])}",
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(columns), "narrow");
        for (var i = 0; i < own.Count; i++)
        {
            HtmlTable.RowHead(html, own[i].Name);
            HtmlTable.Text(html, double.IsNaN(own[i].Return) ? NumberText.Undefined : NumberText.Date(own[i].From));
            HtmlTable.SignedPercent(html, own[i].Return);
            HtmlTable.SignedPercent(html, own[i].Cagr);
            if (theirs.Count > 0)
            {
                HtmlTable.SignedPercent(html, theirs[i].Return);
                HtmlTable.SignedPercent(html, theirs[i].Cagr, minor: true);
                HtmlTable.Points(html, own[i].Return - theirs[i].Return);
            }
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        Years(html, view, benchmark);
    }

    private static void Years(HtmlWriter html, CurveView view, EquityCurve? benchmark)
    {
        var years = PeriodReturn.Yearly(view.Measured);
        if (years.Count < 2) return;
        var theirs = benchmark is null ? null : PeriodReturn.Yearly(benchmark).ToDictionary(y => y.Year, y => y.Return);
        var best = years.MaxBy(y => y.Return);
        var worst = years.MinBy(y => y.Return);
        new GroupedBarPlot
        {
            Title = "Return by year",
            Description = $"Best {best.Year} with {NumberText.SignedPercent(best.Return)}, worst {worst.Year} with "
                + $"{NumberText.SignedPercent(worst.Return)}; the first and the last year may be cut short.",
            Series = theirs is null ? [("Return", "b1")] : [(view is RunView ? "Portfolio" : "Curve", "b1"), (view.BenchmarkName, "b2")],
            Groups = [.. years.Select(y => new BarGroup(y.Year.ToString(CultureInfo.InvariantCulture),
                theirs is null ? [y.Return] : [y.Return, theirs.GetValueOrDefault(y.Year, double.NaN)]))],
            Format = v => TimePlot.Text(v, PlotUnit.Percent),
            Up = "return, percent",
            Across = "Year",
        }.Write(html);
    }
}
