using Granary.Reporting.Html.Analysis;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Equity with its drawdown below, on one time axis: the first chart of every page.</summary>
internal static class CurveCharts
{
    // The number of deepest drawdowns that are shaded.
    private const int Shaded = 5;

    public static void Write(HtmlWriter html, CurveView view)
    {
        if (view.Statistics is not { } s) return;
        var curve = view.Drawn;
        var span = new TimeAxis(curve.Times[0], curve.Times[^1]);
        var (name, shaded) = (view.Benchmark is null ? "Equity" : view is RunView ? "Portfolio" : "Curve", view.Drawdowns.Count > 0);
        var lines = new List<PlotLine>
        {
            new(name, "s1", curve.Times.ToArray(), curve.Values.ToArray(), Area: view.Benchmark is null && !shaded),
        };
        // The benchmark of a run has the portfolio's scale already.
        if (view.Benchmark is { } benchmark
            && (view is RunView ? benchmark : RebasedCurve.Of(benchmark, curve)) is { Count: > 1 } line)
            lines.Add(new PlotLine(view.BenchmarkName, "s2", line.Times.ToArray(), line.Values.ToArray()));
        new TimePlot
        {
            Title = "Equity",
            Description =
                $"{(view.Drawdowns.Count > 0 ? "Shaded are the deepest drawdowns, from peak to recovery. " : "")}From "
                    + $"{NumberText.Money(s.Measures.Start)} on {NumberText.Date(s.Measures.FirstTime)} to "
                    + $"{NumberText.Money(s.Measures.Final)} on {NumberText.Date(s.Measures.LastTime)}, a return of "
                    + $"{NumberText.SignedPercent(s.Metrics.TotalReturn)}.",
            Lines = lines,
            Unit = PlotUnit.Money,
            Up = view.Currency,
            Shades = [.. view.Drawdowns.Take(Shaded).Select(d => (d.Peak, d.Recovery ?? curve.Times[^1]))],
            Height = 220,
            TimeLabels = !shaded,
            LogFrom = 5,
            Group = "run",
            Span = span,
            Intraday = view.Intraday,
        }.Write(html);
        if (!shaded)
        {
            html.Raw(view.Moves ? "" : "<p class=\"note\">Equity did not change: nothing was held.</p>\n");
            return;
        }
        // Drawdowns of all points, not only the drawn ones, since a peak may lie between them.
        double[] under = [.. view.DrawnDepths.Select(d => -d)];
        var deepest = view.Drawdowns[0];
        new TimePlot
        {
            Title = "Drawdown",
            Description = $"The deepest fall was {NumberText.Percent(deepest.Depth)}, from {NumberText.Date(deepest.Peak)} "
                + $"to {NumberText.Date(deepest.Trough)}.",
            Lines = [new PlotLine("Drawdown", "loss", curve.Times.ToArray(), under, Area: true)],
            Unit = PlotUnit.Percent,
            Up = "percent below the peak",
            Height = 90,
            Baseline = 0,
            Group = "run",
            Span = span,
            Ticks = 3,
            Intraday = view.Intraday,
        }.Write(html);
        html.Write($"<p class=\"note\">{(view.Drawdowns.Count == 1
            ? "Shaded: the drawdown, from its peak to its recovery."
            : $"Shaded: the {Math.Min(Shaded, view.Drawdowns.Count)} deepest drawdowns, from their peak to their recovery.")}</p>\n");
    }
}
