using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>The curve against its benchmark.</summary>
internal sealed class BenchmarkSection : IReportSection<CurveView>
{
    public string Id => "benchmark";

    public string Title => "Against the benchmark";

    public bool Applies(CurveView view) => view.Statistics?.Benchmark is not null;

    public void Write(HtmlWriter html, CurveView view)
    {
        var b = view.Statistics!.Benchmark!;
        html.Write($"<p class=\"lead\">Compared with {view.BenchmarkName} at the {NumberText.Count(b.CommonPoints)} times that both have.</p>\n");
        HtmlTable.Pairs(html, $"Compared with {view.BenchmarkName}",
        [
            ("Return of the benchmark", NumberText.SignedPercent(b.BenchmarkReturn), NumberText.Sign(b.BenchmarkReturn), null),
            Named("beta", b.Beta), Named("alpha", b.Alpha), Named("correlation", b.Correlation), Named("trackingError", b.TrackingError), Named("informationRatio", b.InformationRatio),
        ]);

        static (string, string, string, string?) Named(string key, double value) =>
            (NumberText.Name(key), NumberText.Statistic(key, value), "", NumberText.FormulaOf(key));
    }
}
