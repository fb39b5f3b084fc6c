using Granary.Reporting.Html.Analysis;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Sharpe ratio, Sortino ratio, volatility and, with a benchmark, beta over a rolling window.</summary>
internal sealed class RollingSection : IReportSection<CurveView>
{
    public string Id => "rolling";

    public string Title => "Rolling figures";

    public bool Applies(CurveView view) => CurveWindow.Applies(view);

    public void Write(HtmlWriter html, CurveView view)
    {
        var window = CurveWindow.Of(view);
        var rolling = CurveWindow.Statistics(view);
        html.Raw("<div class=\"pair\">");
        Plot(html, view, new PlotLine("Sharpe", "s1", rolling.Times, rolling.Sharpe), $"Sharpe ratio over {window} {view.Period}s",
            "annualised", PlotUnit.Ratio);
        Plot(html, view, new PlotLine("Sortino", "s1", rolling.Times, rolling.Sortino), $"Sortino ratio over {window} {view.Period}s",
            "annualised", PlotUnit.Ratio);
        Plot(html, view, new PlotLine("Volatility", "s3", rolling.Times, rolling.Volatility),
            $"Volatility over {window} {view.Period}s", "percent a year", PlotUnit.Percent);
        if (CurveWindow.Beta(view, window) is { Beta: { Times.Length: > 1 } beta } of)
            Plot(html, view, new PlotLine("Beta", "s1", beta.Times, beta.Beta),
                $"Beta to {view.BenchmarkName} over {window} {(of.IsByDay ? "day" : view.Period)}s", "beta", PlotUnit.Ratio);
        html.Raw("</div>\n");
    }

    private static void Plot(HtmlWriter html, CurveView view, PlotLine line, string title, string up, PlotUnit unit)
    {
        string Text(double v) => unit == PlotUnit.Percent ? NumberText.Percent(v) : NumberText.Ratio(v);
        var known = line.Values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).ToArray();
        new TimePlot
        {
            Title = title,
            Description = $"Between {Text(known.Min())} and {Text(known.Max())}; the last value is {Text(line.Values[^1])}.",
            Lines = [line],
            Unit = unit,
            Up = up,
            Height = 170,
            Baseline = 0,
            Group = "run",
            Span = new TimeAxis(view.Drawn.Times[0], view.Drawn.Times[^1]),
            Ticks = 4,
        }.Write(html);
    }
}
