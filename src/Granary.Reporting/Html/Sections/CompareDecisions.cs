using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Decisions of the portfolio in each run.</summary>
internal sealed class CompareDecisions : IReportSection<CompareView>
{
    public string Id => "decisions";

    public string Title => "Decisions";

    public bool Applies(CompareView view) => view.First.Decisions.Count + view.Second.Decisions.Count > 0;

    public void Write(HtmlWriter html, CompareView view)
    {
        HtmlTable.Open(html, "Signals by the portfolio's decision", [new("Decision", Number: false), new("A"), new("B"), new("B − A")],
            "narrow");
        foreach (var decision in view.First.Decisions.Keys.Union(view.Second.Decisions.Keys).Order(Decision.ByTable))
        {
            var (a, b) = (view.First.Decisions.GetValueOrDefault(decision), view.Second.Decisions.GetValueOrDefault(decision));
            if (a == 0 && b == 0) continue;
            HtmlTable.RowHead(html, NumberText.Words(decision.Title));
            HtmlTable.Number(html, NumberText.Count(a));
            HtmlTable.Number(html, NumberText.Count(b));
            HtmlTable.Number(html, a == b ? "same" : NumberText.SignedRatio(b - a, 0), a == b ? "soft" : "");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }
}
