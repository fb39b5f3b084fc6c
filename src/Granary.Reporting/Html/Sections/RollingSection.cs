using Granary.Engine.Analysis;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Sharpe ratio and volatility over a moving window.</summary>
internal sealed class RollingSection : IReportSection<CurveView>
{
    public string Id => "rolling";

    public string Title => "Rolling Sharpe and volatility";

    public bool Applies(CurveView view) => view.HasCurve && Window(view) >= 5;

    public void Write(HtmlWriter html, CurveView view)
    {
        var window = Window(view);
        var rolling = RollingStatistics.Of(view.Closes, window, PeriodsPerYear.Infer(view.Closes.Times));
        var span = new TimeAxis(view.Drawn.Times[0], view.Drawn.Times[^1]);
        html.Raw("<div class=\"pair\">");
        void Plot(string name, string style, string title, string description, double[] values, PlotUnit unit) => new TimePlot
        {
            Title = $"{title} over {window} periods",
            Description = description,
            Lines = [new PlotLine(name, style, rolling.Times, values)],
            Unit = unit,
            Height = 170,
            Baseline = 0,
            Group = "run",
            Span = span,
            Ticks = 4,
        }.Write(html);
        Plot("Sharpe", "s1", "Sharpe ratio", $"Between {NumberText.Ratio(Least(rolling.Sharpe))} and {NumberText.Ratio(Most(rolling.Sharpe))}, annualised; the last value is {NumberText.Ratio(rolling.Sharpe[^1])}.",
            rolling.Sharpe, PlotUnit.Ratio);
        Plot("Volatility", "s3", "Volatility", $"Between {NumberText.Percent(Least(rolling.Volatility))} and {NumberText.Percent(Most(rolling.Volatility))} a year; the last value is {NumberText.Percent(rolling.Volatility[^1])}.",
            rolling.Volatility, PlotUnit.Percent);
        html.Raw("</div>\n");
    }

    // Half a year of days where there are two years; else a quarter of what there is.
    private static int Window(CurveView view) => Math.Min(126, view.Closes.Count / 4);

    private static double Least(double[] values) => values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min();

    private static double Most(double[] values) => values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max();
}
