using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The portfolio statistics of both runs, with differences.</summary>
internal sealed class CompareStatistics : IReportSection<CompareView>
{
    public string Id => "statistics";

    public string Title => "Portfolio statistics";

    public bool Applies(CompareView view) => view.First.Portfolio is not null || view.Second.Portfolio is not null;

    public void Write(HtmlWriter html, CompareView view)
    {
        var first = view.First.Portfolio?.Listed().ToDictionary(n => n.Metric.Key, n => n.Value) ?? [];
        var second = view.Second.Portfolio?.Listed().ToDictionary(n => n.Metric.Key, n => n.Value) ?? [];
        HtmlTable.Open(html, "Portfolio statistics of both runs", [new("Statistic", Number: false), new("A"), new("B"),
            new("B − A", Hint: "Percentages in percentage points (pp)")], "narrow");
        // Metrics of only one run, for example those with a benchmark, come after the common ones.
        foreach (var key in first.Keys.Union(second.Keys, StringComparer.Ordinal))
        {
            var (a, b) = (first.GetValueOrDefault(key, double.NaN), second.GetValueOrDefault(key, double.NaN));
            HtmlTable.RowHead(html, MetricText.Name(key));
            HtmlTable.Number(html, MetricText.Value(key, a));
            HtmlTable.Number(html, MetricText.Value(key, b));
            var difference = MetricText.Difference(key, a, b);
            HtmlTable.Number(html, difference, difference == "same" ? "soft" : "");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }
}
