using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Reconciles the headline figure with each figure of the validation checks, step by step.</summary>
internal sealed class BridgeSection(IReadOnlyList<BridgeRow> rows) : IReportSection<RunView>
{
    public string Id => "bridge";

    public string Title => "From the headline to the checks";

    public bool Applies(RunView view) => rows.Count > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        html.Raw("<p class=\"lead\">The validation checks do not all look at the portfolio that is shown. "
            + "Each row says how its figure differs from the row before.</p>\n");
        HtmlTable.Open(html, "From the headline figure to those of the checks",
            [new("Figure", Number: false), new("Return"), new("Sharpe ratio, annual"), new("Stretch", Number: false),
                new("What differs", Number: false)]);
        foreach (var row in rows)
        {
            HtmlTable.RowHead(html, row.Figure);
            var (earned, sharpe) = (row.Return, row.Sharpe);
            HtmlTable.SignedPercent(html, earned);
            HtmlTable.Number(html, double.IsFinite(sharpe) ? NumberText.Ratio(sharpe) : NumberText.Undefined);
            HtmlTable.Text(html, row is { From: { } from, To: { } to }
                ? $"{RunText.Time(from)[..10]} to {RunText.Time(to)[..10]}" : "whole record");
            HtmlTable.Text(html, row.Difference);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }
}
