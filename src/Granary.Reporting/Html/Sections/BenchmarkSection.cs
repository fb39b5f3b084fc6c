using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Comparison of the curve with its benchmark.</summary>
internal sealed class BenchmarkSection : IReportSection<CurveView>
{
    public string Id => "benchmark";

    public string Title => "Against the benchmark";

    public bool Applies(CurveView view) => view.Statistics?.Benchmark is not null;

    public void Write(HtmlWriter html, CurveView view)
    {
        var b = view.Statistics!.Benchmark!;
        var metrics = view.Statistics.Metrics.With(MetricInput.Of(b));
        html.Write($"<p class=\"lead\">Compared with {view.BenchmarkName} at "
            + $"the {Counted.Of(b.CommonPoints, "time")} that both have.</p>\n");
        HtmlTable.Pairs(html, $"Compared with {view.BenchmarkName}",
            view.Metrics.All.Where(m => m.Group == MetricGroup.Benchmark).Select(m =>
                (m.Name, MetricText.Value(m, metrics[m]), MetricText.Style(m, metrics[m]), (string?)m.Formula)));
    }
}
