using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Definition of each figure of the page.</summary>
internal sealed class FormulasSection : IReportSection<CurveView>
{
    // Formulas of figures that this page computes itself.
    private static readonly Formula[] _own =
    [
        new("turnover", "Σ notional of entries and exits / mean equity / years", "convention, two-sided"),
        new("cost share", "Σ commission / Σ profit before commission of the trades that gained before it", "convention"),
        new("capacity", "1% of a market's mean daily turnover (volume · close) / the 95% quantile of fill notional over equity; of a "
            + "portfolio the least of its markets", "convention"),
        new("strategy correlation", "cov(r, s) / (std(r) · std(s)), r and s the returns of two strategies' own equity over the weeks (days "
            + "for bars of less than an hour) that both have", "Pearson"),
        new("rolling figures", "sharpe and volatility over the last w returns, w = 126 or a quarter of the record", "convention"),
    ];

    public string Id => "formulas";

    public string Title => "Formulas";

    public bool Applies(CurveView view) => true;

    public void Write(HtmlWriter html, CurveView view)
    {
        html.Raw("<p class=\"lead\">E is equity at each bar's close, r its simple returns, b the benchmark's, n their number. A value that "
            + "is undefined is shown as –.</p>\n");
        HtmlTable.Open(html, "Definitions and their sources",
            [new("Figure", Number: false), new("Formula", Number: false), new("Source", Number: false, Minor: true)], "prose");
        foreach (var formula in Formulas.Of(view.Metrics)) Row(formula);
        if (view is RunView)
            foreach (var formula in _own)
                Row(formula);
        HtmlTable.Close(html);

        void Row(Formula formula)
        {
            Names(html, formula.Name);
            html.Write($"<td class=\"formula\">{NumberText.Typeset(formula.Text)}</td><td class=\"soft minor\">{formula.Source}</td>");
            HtmlTable.EndRow(html);
        }
    }

    // Abbreviations that are not a metric's key.
    private static string Named(string key) => key is "mae" or "mfe" ? key.ToUpperInvariant() : MetricText.Name(key);

    // The name in words and, if the formula defines a key of results.json, that key below it.
    private static void Names(HtmlWriter html, string name)
    {
        var keys = name.Split(", ");
        html.Write($"<tr><th scope=\"row\">{string.Join(" and ", keys.Select(Named))}");
        if (keys.All(k => !k.Contains(' ', StringComparison.Ordinal)))
        {
            html.Raw("<span class=\"keys\">");
            foreach (var key in keys)
            {
                html.Raw("<code>");
                Humps(html, key);
                html.Raw("</code> ");
            }
            html.Raw("</span>");
        }
        html.Raw("</th>");
    }

    // A long key may break only before its capital letters.
    private static void Humps(HtmlWriter html, string key)
    {
        var from = 0;
        for (var i = 1; i < key.Length; i++)
        {
            if (!char.IsUpper(key[i])) continue;
            html.Text(key.AsSpan(from, i - from));
            html.Raw("<wbr>");
            from = i;
        }
        html.Text(key.AsSpan(from));
    }
}
