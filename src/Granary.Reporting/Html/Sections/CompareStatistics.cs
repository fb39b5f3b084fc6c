using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The portfolio's statistics of both runs, and their differences.</summary>
internal sealed class CompareStatistics : IReportSection<CompareView>
{
    public string Id => "statistics";

    public string Title => "Portfolio statistics";

    // What sums in another order leave.
    private const double Rounding = 1e-12;

    public bool Applies(CompareView view) => view.First.Portfolio is not null || view.Second.Portfolio is not null;

    public void Write(HtmlWriter html, CompareView view)
    {
        var first = view.First.Portfolio?.Listed().ToDictionary(n => n.Metric.Key, n => n.Value) ?? [];
        var second = view.Second.Portfolio?.Listed().ToDictionary(n => n.Metric.Key, n => n.Value) ?? [];
        HtmlTable.Open(html, "Portfolio statistics of both runs", [new("Statistic", Number: false), new("A"), new("B"), new("B − A")],
            "narrow");
        // What only one of them has, as a comparison with a benchmark, comes after what both have.
        foreach (var key in first.Keys.Union(second.Keys, StringComparer.Ordinal))
        {
            var (a, b) = (first.GetValueOrDefault(key, double.NaN), second.GetValueOrDefault(key, double.NaN));
            HtmlTable.RowHead(html, MetricText.Name(key));
            HtmlTable.Number(html, MetricText.Value(key, a));
            HtmlTable.Number(html, MetricText.Value(key, b));
            var difference = Math.Abs(b - a) <= Rounding * Math.Max(Math.Abs(a), Math.Abs(b)) ? 0 : b - a;
            HtmlTable.Number(html, difference == 0 ? "same" : Difference(key, difference), difference == 0 ? "soft" : "");
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static string Difference(string key, double difference)
    {
        if (!double.IsFinite(difference)) return NumberText.Undefined;
        var text = MetricText.Value(key, difference);
        if (text.AsSpan().IndexOfAnyInRange('1', '9') < 0) return Small(text);
        if (text.StartsWith('-')) text = "−" + text[1..];
        return difference > 0 && !text.StartsWith('+') ? "+" + text : text;
    }

    // Smaller than the digits of the others show: less than one unit of the last one.
    private static string Small(string zero)
    {
        var last = zero.LastIndexOf('0');
        return $"< {zero[..last].TrimStart('+', '−')}1{zero[(last + 1)..]}";
    }
}
