using System.Text.Json;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>From the headline figure to each figure of the validation checks, step by step. Reads the key "bridge" of the run's section
/// "guards".</summary>
internal sealed class BridgeSection(string checks) : IReportSection<RunView>
{
    private readonly JsonElement[] _rows = [.. SectionJson.Items(SectionJson.Parse(checks), "bridge")];

    public string Id => "bridge";

    public string Title => "From the headline to the checks";

    public bool Applies(RunView view) => _rows.Length > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        html.Raw("<p class=\"lead\">The validation checks do not all look at the portfolio that is shown. "
            + "Each row says how its figure differs from the row before.</p>\n");
        HtmlTable.Open(html, "From the headline figure to those of the checks",
            [new("Figure", Number: false), new("Return"), new("Sharpe ratio, annual"), new("Stretch", Number: false),
                new("What differs", Number: false)]);
        foreach (var row in _rows)
        {
            HtmlTable.RowHead(html, SectionJson.Text(row, "figure"));
            var (earned, sharpe) = (SectionJson.Value(row, "return"), SectionJson.Value(row, "sharpe"));
            HtmlTable.SignedPercent(html, earned);
            HtmlTable.Number(html, double.IsFinite(sharpe) ? NumberText.Ratio(sharpe) : NumberText.Undefined);
            HtmlTable.Text(html, row.TryGetProperty("from", out var from)
                ? $"{from.GetString()![..10]} to {SectionJson.Text(row, "to")[..10]}" : "whole record");
            HtmlTable.Text(html, SectionJson.Text(row, "difference"));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }
}
