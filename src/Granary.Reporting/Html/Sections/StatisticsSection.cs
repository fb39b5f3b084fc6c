using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>
/// All statistics of a curve in groups, beside the benchmark's. For a run, the statistics of results.json come first; they are
/// computed bar by bar.
/// </summary>
internal sealed class StatisticsSection : IReportSection<CurveView>
{
    private static readonly (string Caption, MetricGroup Group)[] _groups =
    [
        ("Return", MetricGroup.Return), ("Risk", MetricGroup.Risk), ("Return for risk", MetricGroup.ReturnForRisk),
        ("Trades", MetricGroup.Trades),
    ];

    private readonly record struct Figure(double Value, bool FromCurve);

    public string Id => "statistics";

    public string Title => "Statistics";

    public bool Applies(CurveView view) => view.HasCurve || (view as RunView)?.Model.Portfolio is not null;

    public void Write(HtmlWriter html, CurveView view)
    {
        var own = (view as RunView)?.Model.Portfolio;
        html.Raw("<p class=\"lead\">");
        if (own is not null && view.Statistics is not null)
            html.Write($"Ratios are of the returns of every bar, as in <code>results.json</code>. Figures marked with ° are of the "
                + $"returns of each {view.Period}. ");
        if (view.RiskFree.IsNone) html.Raw("The risk-free rate is 0.</p>\n");
        else
            html.Write($"The risk-free rate of {NumberText.Percent(view.RiskFree.Over(view.Measured))} a year"
                + $"{(view.RiskFree.IsConstant ? "" : " on average")} counts in the rows that name it; all other ratios use 0.</p>\n");
        if (view.BenchmarkStatistics is { } b)
            html.Write($"<p class=\"note\">{view.BenchmarkName}: by {view.BenchmarkPeriod} at the {Counted.Of(b.Points, "time")} that "
                + $"both curves have, annualised with {MetricText.Value(RatioMetrics.PeriodsPerYear, b.PeriodsPerYear)} periods a "
                + $"year.</p>\n");
        var values = Values(view, own);
        var theirs = view.BenchmarkStatistics is { } s ? Curve(view.Above(s, null)) : [];
        var theirDays = view.BenchmarkDays is { } d ? Curve(view.Above(d, null)) : [];
        foreach (var metric in view.Metrics.All)
            if (metric.OfDays is { } day && theirDays.TryGetValue(metric.Key, out var value))
                theirs[day] = value;
        html.Raw("<div class=\"columns\">");
        foreach (var (caption, group) in _groups)
        {
            if (group == MetricGroup.Trades && !((view as RunView) is { } run && (own is not null || run.Trades.OfPortfolio))) continue;
            Group(html, view, (caption, group), values, theirs, own is null ? "" : "°");
        }
        html.Raw("</div>\n");
    }

    private static Dictionary<string, Figure> Values(CurveView view, MetricSet? own)
    {
        var values = new Dictionary<string, Figure>(StringComparer.Ordinal);
        if (view.Statistics is { } curve)
            foreach (var (key, value) in Curve(view.Above(curve, view.Measured)))
                values[key] = new Figure(value, true);
        if (view is RunView run)
            foreach (var (metric, value) in run.Trades.Metrics.Listed())
                values[metric.Key] = new Figure(value, false);
        if (own is not null)
        {
            foreach (var (metric, value) in view.Above(own).Listed())
                // Only the page's curve has returns above the rate.
                if (!double.IsNaN(value) || metric.Needs != MetricParts.RiskFree) values[metric.Key] = new Figure(value, false);
            // The page's curve and results.json may cover the same days; only one of the two is shown.
            if ((own.Layout.Parts & MetricParts.Days) != 0)
                foreach (var metric in view.Metrics.All.Where(m => m.OfDays is not null))
                    values.Remove(metric.Key);
        }
        // Values at the ends of days miss some drawdowns and recoveries.
        if (view is RunView { Model.LongestUnderwaterDays: var longest } && double.IsFinite(longest))
            values[RiskMetrics.LongestUnderwaterDays.Key] = new Figure(longest, false);
        return values;
    }

    private static Dictionary<string, double> Curve(EquityStatistics statistics) =>
        statistics.Metrics.With(new MetricInput { Parts = MetricParts.TrackRecord }).Listed()
            .ToDictionary(v => v.Metric.Key, v => v.Value, StringComparer.Ordinal);

    private static void Group(HtmlWriter html, CurveView view, (string Caption, MetricGroup Group) group, Dictionary<string, Figure> values,
        Dictionary<string, double> theirs, string mark)
    {
        var compared = theirs.Count > 0 && group.Group != MetricGroup.Trades;
        html.Write($"<table class=\"pairs{(compared ? " compared" : "")}\"><caption>{group.Caption}</caption>");
        if (compared) html.Write($"<thead><tr><th scope=\"col\">Figure</th><th scope=\"col\" "
            + $"class=\"n\">{(view is RunView ? "Portfolio" : "Curve")}</th><th scope=\"col\" "
            + $"class=\"n\">{view.BenchmarkName}</th></tr></thead>");
        html.Raw("<tbody>");
        foreach (var metric in view.Metrics.All.Where(m => m.Group == group.Group))
        {
            if (!values.TryGetValue(metric.Key, out var found)) continue;
            html.Write($"<tr><th scope=\"row\" title=\"{metric.Formula}\">{metric.Name}{(found.FromCurve ? mark : "")}</th><td class=\"n "
                + $"{MetricText.Style(metric, found.Value)}\">{Text(view, metric, found.Value)}</td>");
            if (compared) html.Write($"<td class=\"n soft\">"
                + $"{(theirs.TryGetValue(metric.Key, out var other) && !IsOwn(metric) ? Text(view, metric, other) : "")}</td>");
            html.Raw("</tr>");
        }
        html.Raw("</tbody></table>\n");
    }

    // The benchmark has no account amounts and no counts.
    private static bool IsOwn(Metric metric) => metric.Unit is MetricUnit.Money or MetricUnit.Profit or MetricUnit.Periods;

    private static string Text(CurveView view, Metric metric, double value) =>
        metric.Unit != MetricUnit.Periods ? MetricText.Value(metric, value)
        : double.IsFinite(value) && value < 1e7 ? $"{NumberText.Count((long)Math.Ceiling(value))} {view.Period}s" : NumberText.Undefined;
}
