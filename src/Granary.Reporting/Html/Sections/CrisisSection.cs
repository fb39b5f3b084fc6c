using Granary.Engine.Analysis;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Return and drawdown of the curve in historical crises.</summary>
internal sealed class CrisisSection : IReportSection<CurveView>
{
    public string Id => "crises";

    public string Title => "Crisis periods";

    public bool Applies(CurveView view) => view.Moves && CrisisPeriod.Of(view.Closes).Count > 0;

    public void Write(HtmlWriter html, CurveView view)
    {
        var benchmark = view.Benchmark is not null;
        var (first, last) = (view.Closes.Times[0], view.Closes.Times[^1]);
        List<HtmlColumn> columns = [new("Period", Number: false), new("From", Number: false, Minor: true),
            new("To", Number: false, Minor: true), new("Return"), new("Max drawdown")];
        if (benchmark) columns.Add(new HtmlColumn(view.BenchmarkName));
        HtmlTable.Open(html, "Return and drawdown in known crises, by the dates of the S&P 500 (of bitcoin where the name says crypto), "
                + "as far as the record reaches",
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(columns), "narrow");
        foreach (var crisis in CrisisPeriod.Of(view.Closes, view.Benchmark))
        {
            HtmlTable.RowHead(html, crisis.Period.Name);
            HtmlTable.Text(html, NumberText.Date(Math.Max(crisis.Period.From.ToDateTime(TimeOnly.MinValue).Ticks, first)), minor: true);
            HtmlTable.Text(html, NumberText.Date(Math.Min(crisis.Period.To.ToDateTime(TimeOnly.MinValue).Ticks, last)), minor: true);
            HtmlTable.SignedPercent(html, crisis.Return);
            HtmlTable.Number(html, NumberText.Percent(crisis.MaxDrawdown));
            if (benchmark) HtmlTable.SignedPercent(html, crisis.BenchmarkReturn ?? double.NaN);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }
}
