using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Exposure and turnover of the portfolio.</summary>
internal sealed class ExposureSection : IReportSection<RunView>
{
    public string Id => "exposure";

    public string Title => "Exposure and turnover";

    public bool Applies(RunView view) => view.Moves;

    public void Write(HtmlWriter html, RunView view)
    {
        var rows = view.Rows;
        var times = new long[rows.Count];
        var gross = new double[rows.Count];
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = rows[i].Time;
            gross[i] = rows[i].Equity > 0 ? rows[i].Exposure / rows[i].Equity : double.NaN;
        }
        var closes = view.Model.Closes.Count > 0 ? view.Model.Closes : rows;
        double sum = 0, equity = 0;
        foreach (var row in closes)
        {
            sum += row.Equity > 0 ? row.Exposure / row.Equity : 0;
            equity += row.Equity;
        }
        // From all rows if they were measured, otherwise from the drawn rows.
        var account = view.Model.Portfolio;
        var average = Or(account?[ExposureMetrics.GrossExposureAverage], sum / closes.Count);
        var most = Or(account?[ExposureMetrics.GrossExposureMost], gross.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max());
        new TimePlot
        {
            Title = "Gross exposure, share of equity",
            Description = $"Longs and shorts together: {NumberText.Percent(average, 1)} of equity on "
                + $"average, {NumberText.Percent(most, 1)} at the most.",
            Lines = [new PlotLine("Gross exposure", "s3", times, gross, Area: true)],
            Unit = PlotUnit.Percent,
            Up = "percent of equity",
            Height = 150,
            Baseline = 0,
            Group = "run",
            Span = new TimeAxis(view.Drawn.Times[0], view.Drawn.Times[^1]),
            Ticks = 4,
            Intraday = view.Intraday,
        }.Write(html);
        var mean = Or(account?[ExposureMetrics.EquityAverage], equity / closes.Count);
        var turnover = view.Trades.OfPortfolio ? view.Trades.Traded / mean / (view.Drawn.Days / 365.25) : double.NaN;
        var inMarket = TradeMetrics.Exposure;
        HtmlTable.Pairs(html, "Exposure and turnover",
        [
            (inMarket.Name, MetricText.Value(inMarket, account?[inMarket] ?? double.NaN), "", inMarket.Formula),
            ("Gross exposure on average", NumberText.Percent(average, 1), "", "Mean of the absolute position values over equity"),
            ("Gross exposure at the most", NumberText.Percent(most, 1), "", null),
            ("Bought and sold", NumberText.Money(view.Trades.OfPortfolio ? view.Trades.Traded
                : double.NaN), "", "Notional of all entries and exits"),
            ("Turnover a year", double.IsFinite(turnover) ? $"{NumberText.Ratio(turnover)} × equity"
                : NumberText.Undefined, "", "Entries and exits over the mean equity, per year"),
        ]);
    }

    private static double Or(double? value, double other) => value is { } v && double.IsFinite(v) ? v : other;
}
