using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The first screen of an equity curve's tear sheet.</summary>
internal static class CurveTop
{
    public static void Write(HtmlWriter html, CurveView view, TearSheet sheet)
    {
        html.Write($"<header><p class=\"eyebrow\">Tear "
            + $"sheet{(sheet.Author is null ? "" : $" · {sheet.Author}")}</p><h1>{sheet.Title}</h1><p class=\"what\">");
        if (view.Statistics is not { } s)
        {
            html.Raw("Fewer than two points: there is nothing to measure.</p></header>\n");
            return;
        }
        html.Write($"{Counted.Of(s.Points, "point")}, one each {view.Period}, <span "
            + $"class=\"date\">{NumberText.Time(s.Measures.FirstTime)}</span> to <span "
            + $"class=\"date\">{NumberText.Time(s.Measures.LastTime)}</span>. <span class=\"soft\">Annualised "
            + $"with {MetricText.Value(RatioMetrics.PeriodsPerYear, s.PeriodsPerYear)} periods per year");
        if (view.Benchmark is not null) html.Write($"; compared with {view.BenchmarkName}");
        html.Raw(".</span></p></header>\n");
        if (sheet.Notes.Count > 0)
        {
            html.Raw("<aside class=\"notice\" aria-label=\"Notes\"><ul>");
            foreach (var note in sheet.Notes)
            {
                html.Raw("<li>");
                html.Prose(note);
                html.Raw("</li>");
            }
            html.Raw("</ul></aside>\n");
        }
        html.Raw("<dl class=\"figures\">");
        Figure("Total return", NumberText.SignedPercent(s.Metrics.TotalReturn), NumberText.Sign(s.Metrics.TotalReturn),
            $"{NumberText.SignedPercent(s.Metrics.Cagr)} a year"
            + (view.BenchmarkStatistics is { } other ? $"; {view.BenchmarkName} {NumberText.SignedPercent(other.Metrics.TotalReturn)}"
                : ""));
        Figure("Sharpe ratio", NumberText.Ratio(s.Metrics.Sharpe), "", $"Sortino {NumberText.Ratio(s.Metrics.Sortino)}"
            + (view.RiskFree.IsNone ? ""
                : $"; {NumberText.Ratio(view.Above(s, view.Measured).Metrics[RatioMetrics.ExcessSharpe])} above "
                    + $"{NumberText.Percent(view.RiskFree.Over(view.Measured))}"));
        Figure("Max drawdown", NumberText.Percent(s.Metrics.MaxDrawdown), "", NumberText.Days(s.Metrics[RiskMetrics.MaxDrawdownDays]));
        Figure("Volatility", NumberText.Percent(s.Metrics.Volatility), "", "a year");
        Figure("Value at risk, 95%", NumberText.Percent(s.Metrics[RiskMetrics.Var95]), "", $"per {view.Period}");
        if (s.Benchmark is { } b)
            Figure("Alpha, yearly", NumberText.SignedPercent(b.Alpha), NumberText.Sign(b.Alpha), $"Beta {NumberText.Ratio(b.Beta)}");
        else Figure("Months profitable", NumberText.Percent(s.Metrics[ReturnMetrics.MonthsProfitable], 1), "",
            $"of {NumberText.Count(s.Measures.Months)}");
        html.Raw("</dl>\n");
        CurveCharts.Write(html, view);

        void Figure(string name, string value, string style, string note) =>
            html.Write($"<div><dt>{name}</dt><dd class=\"{style}\">{value}</dd><dd class=\"soft\">{note}</dd></div>");
    }
}
