using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The bars that the run used, with the findings about them.</summary>
internal sealed class MarketSection : IReportSection<RunView>
{
    private const int MostRows = 300, MostFindings = 12;

    public string Id => "data";

    public string Title => "Data";

    public bool Applies(RunView view) => view.Model.Markets.Count > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        var markets = view.Model.Markets;
        HtmlTable.Open(html, markets.Count > MostRows
            ? $"The first {MostRows} of {NumberText.Count(markets.Count)} markets; manifest.json has all"
            : "Markets, and what the check of their bars found",
            [new("Market", Number: false), new("TF", Number: false, Hint: "Timeframe"), new("Bars"), new("First", Number: false),
                new("Last", Number: false), new("SHA-256", Number: false, Minor: true), new("Findings", Number: false)], "data",
                sortable: true);
        foreach (var m in markets.Take(MostRows))
        {
            HtmlTable.RowHead(html, m.Symbol);
            HtmlTable.Text(html, m.Timeframe);
            HtmlTable.Number(html, NumberText.Count(m.Bars));
            HtmlTable.Text(html, NumberText.Time(m.First.Ticks));
            HtmlTable.Text(html, NumberText.Time(m.Last.Ticks));
            html.Write($"<td class=\"minor\"><code title=\"{m.Hash}\">{(m.Hash.Length > 12 ? m.Hash[..12] : m.Hash)}</code></td>");
            HtmlTable.Text(html, m.Findings.Count == 0 ? "none" : Counted.Of(m.Findings.Count, "finding"));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        Findings(html, [.. markets.Where(m => m.Findings.Count > 0)]);
    }

    private static void Findings(HtmlWriter html, IReadOnlyList<MarketEntry> markets)
    {
        if (markets.Count == 0) return;
        HtmlTable.Open(html, markets.Any(m => m.Findings.Count > MostFindings)
            ? $"Findings, at most {MostFindings} of each market; 'granary data check' lists all" : "Findings",
            [new("Market", Number: false), new("Finding", Number: false)]);
        foreach (var market in markets.Take(MostRows))
            foreach (var finding in market.Findings.Take(MostFindings))
            {
                HtmlTable.RowHead(html, market.Symbol);
                HtmlTable.Text(html, NumberText.Typeset(finding));
                HtmlTable.EndRow(html);
            }
        HtmlTable.Close(html);
    }
}
