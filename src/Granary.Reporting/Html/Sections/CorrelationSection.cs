using System.Runtime.InteropServices;
using Granary.Reporting.Html.Analysis;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Correlation of the strategies' returns, from the equity of their own accounts.</summary>
internal sealed class CorrelationSection : IReportSection<RunView>
{
    public string Id => "correlation";

    public string Title => "Correlation of strategies";

    public bool Applies(RunView view) => CorrelationMatrix.Applies(view);

    public void Write(HtmlWriter html, RunView view)
    {
        var matrix = CorrelationMatrix.Of(view)!;
        var chosen = matrix.Strategies;
        html.Write($"<p class=\"lead\">Mean correlation of the pairs below: "
            + $"<b>{NumberText.SignedRatio(matrix.Mean)}</b>. ");
        html.Write($"Each strategy's own account counts, whatever the portfolio accepted of it: returns of its equity over "
            + $"{matrix.Period}, in the periods that both strategies have.</p>\n");
        List<HtmlColumn> columns = [new("Strategy", Number: false)];
        for (var i = 0; i < chosen.Count; i++) columns.Add(new HtmlColumn($"{i + 1}", Hint: chosen[i].Id));
        HtmlTable.Open(html,
            $"Correlation between the {chosen.Count} strategies that moved the most money, in the order of the table of strategies",
            CollectionsMarshal.AsSpan(columns), "matrix heat");
        for (var i = 0; i < chosen.Count; i++)
        {
            var s = chosen[i];
            html.Write($"<tr><th scope=\"row\" title=\"{s.Id}\"><span class=\"no\">{i + 1}</span> <b>{s.Class}</b> "
                + $"<span>{ParameterText.Of(s)} · {s.Symbol} {s.Timeframe}</span></th>");
            for (var j = 0; j < chosen.Count; j++)
            {
                if (i == j) html.Raw("<td class=\"n soft\">1</td>");
                else HtmlTable.Number(html, Short(matrix[i, j]), HtmlTable.Tint(matrix[i, j]));
            }
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static string Short(double r) => double.IsFinite(r) ? NumberText.SignedRatio(r).Replace("0.", ".", StringComparison.Ordinal)
        : NumberText.Undefined;
}
