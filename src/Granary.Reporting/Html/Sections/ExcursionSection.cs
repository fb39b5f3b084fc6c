using Granary.Engine.Numerics;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Maximum adverse and favourable excursions of trades, and the returns of these trades.</summary>
internal sealed class ExcursionSection : IReportSection<RunView>
{
    public string Id => "excursions";

    public string Title => "Excursions (MAE, MFE)";

    public bool Applies(RunView view) => view.Trades.Points.Count > 0;

    public void Write(HtmlWriter html, RunView view)
    {
        TradeGroupTable.Origin(html, view.Trades);
        var points = view.Trades.Points;
        var e = view.Trades.Measures.Excursions!;
        html.Raw("<div class=\"pair\">");
        Plot("Against the holder", "Largest adverse excursion →",
            $"Winning trades went {NumberText.Percent(e.Adverse.OfWins)} against their holder on average, "
                + $"losing trades {NumberText.Percent(e.Adverse.OfLosses)}.", p => p.Adverse);
        Plot("For the holder", "Largest favourable excursion →",
            $"Winning trades went {NumberText.Percent(e.Favourable.OfWins)} their holder's way on average, "
                + $"losing trades {NumberText.Percent(e.Favourable.OfLosses)}.", p => p.Favourable);
        html.Raw("</div>\n");
        html.Raw("<p class=\"note\">Vertical: net return of the trade.");
        if (points.Count < view.Trades.Measures.Trades)
            html.Write($" {NumberText.Count(points.Count)} of {NumberText.Count(view.Trades.Measures.Trades)} trades are drawn, evenly "
                + $"chosen.");
        html.Raw(points.Count >= 100 ? " The outermost 0.5% are drawn at the edge.</p>\n" : "</p>\n");
        HtmlTable.Open(html, "Mean excursions, percent of the entry price",
            [new("Trades", Number: false), new("Adverse (MAE)"), new("Favourable (MFE)")], "narrow");
        Row("All", e.Adverse.Average, e.Favourable.Average);
        Row("Winning trades", e.Adverse.OfWins, e.Favourable.OfWins);
        Row("Losing trades", e.Adverse.OfLosses, e.Favourable.OfLosses);
        HtmlTable.Close(html);
        html.Write($"<p class=\"note\">Edge ratio {NumberText.Ratio(e.EdgeRatio)} (mean favourable over mean adverse excursion; 1 is "
            + $"what chance gives). Half of the winning trades never went further against their holder "
            + $"than {NumberText.Percent(view.Trades.WinsMedianAdverse)}.</p>\n");

        void Row(string name, double adverse, double favourable)
        {
            HtmlTable.RowHead(html, name);
            HtmlTable.Number(html, NumberText.Percent(adverse));
            HtmlTable.Number(html, NumberText.Percent(favourable));
            HtmlTable.EndRow(html);
        }

        void Plot(string title, string across, string description, Func<(double Adverse, double Favourable, double Return), double> x)
        {
            // Returns have outliers; points beyond the outermost half percent are drawn at the edge.
            var (lowest, highest) = Edges(points.Select(p => p.Return));
            var (_, furthest) = Edges(points.Select(x));
            List<(double, double)> winners = [], losers = [];
            foreach (var p in points)
                (p.Return > 0 ? winners : losers).Add((Math.Min(x(p), furthest), Math.Clamp(p.Return, lowest, highest)));
            new ScatterPlot
            {
                Title = title,
                Description = description,
                Across = Scale(across, winners.Concat(losers).Select(p => p.Item1)),
                Up = Scale("net return", winners.Concat(losers).Select(p => p.Item2)),
                Clouds = [new PlotCloud("losers", "loss", losers), new PlotCloud("winners", "gain", winners)],
            }.Write(html);
        }
    }

    private static PlotScale Scale(string title, IEnumerable<double> values) =>
        new(title, ValueAxis.Around(values, 0), v => TimePlot.Text(v, PlotUnit.Percent));

    private static (double Low, double High) Edges(IEnumerable<double> values)
    {
        var sorted = values.Where(double.IsFinite).Order().ToArray();
        if (sorted.Length == 0) return (0, 0);
        return sorted.Length < 100 ? (sorted[0], sorted[^1])
            : (Quantile.Linear(sorted, 0.005), Quantile.Linear(sorted, 0.995));
    }
}
