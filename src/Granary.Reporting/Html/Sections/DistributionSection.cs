using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Distribution of returns, and its left tail.</summary>
internal sealed class DistributionSection : IReportSection<CurveView>
{
    public string Id => "distribution";

    public string Title => "Distribution of returns";

    public bool Applies(CurveView view) => view.Moves && view.Measured.Count > 10;

    public void Write(HtmlWriter html, CurveView view)
    {
        var returns = view.PeriodReturns;
        double[] all = [.. returns.Select(r => r.Return).Order()], held = [.. returns.Where(r => r.InMarket).Select(r => r.Return).Order()];
        if (held.Length == 0)
        {
            html.Write($"<p>All {NumberText.Count(all.Length)} {view.Period}s were flat: nothing was held.</p>\n");
            return;
        }
        var flat = all.Length - held.Length;
        Histogram(html, view, held);
        html.Raw("<p class=\"note\">");
        if (flat > 0)
            html.Raw((held.Length == 1 ? $"Drawn is the one {view.Period}"
                    : $"Drawn are the {NumberText.Count(held.Length)} {view.Period}s")
                + $" in the market; {NumberText.Count(flat)} of {NumberText.Count(all.Length)} {view.Period}s "
                + (view is RunView ? "held nothing" : "had a return of 0, as without a position,")
                + (flat == 1 ? " and is neither a gain nor a loss. " : " and are neither gains nor losses. "));
        html.Raw("The outermost bars hold what lies beyond them. Stronger bars lie beyond the 95% value at risk.</p>\n");
        HtmlTable.Open(html, $"Returns per {view.Period}: all, and those in the market",
        [
            new("Of", Number: false), new("Number"), new("Gains"), new("Losses"),
                new("VaR 95%", Hint: "Value at risk: the loss that one in twenty exceeds"),
                new("CVaR 95%", Hint: "Expected shortfall: the mean of those losses"),
            new("VaR 99%", Minor: true), new("CVaR 99%", Minor: true), new("Worst"), new("Median", Minor: true), new("Best"),
        ], "narrow");
        // A position may be opened and closed between the rows that are kept here; results.json counts every row.
        var account = view.Period == "day" && (view as RunView)?.Model.Portfolio is { } own && own.Has(ExposureMetrics.Days) ? own : null;
        Row(html, $"All {view.Period}s", all, account is null ? null
            : ((int)account[ExposureMetrics.Days], account[ReturnMetrics.DaysProfitable], account[ReturnMetrics.DaysLosing],
                account[RiskMetrics.DailyVar95], account[RiskMetrics.DailyCvar95]));
        if (flat > 0)
            Row(html, "In the market", held, account is null ? null
                : ((int)account[ReturnMetrics.DaysInMarket], account[ReturnMetrics.DaysProfitableInMarket],
                    account[ReturnMetrics.DaysLosingInMarket], account[RiskMetrics.DailyVar95InMarket],
                    account[RiskMetrics.DailyCvar95InMarket]));
        HtmlTable.Close(html);
    }

    private static void Histogram(HtmlWriter html, CurveView view, double[] held)
    {
        var (var95, cvar95) = TailRisk.Historical(held, 0.05);
        // The outermost bars include all returns beyond them, so that outliers do not compress the histogram.
        var (low, high) = (TailRisk.Quantile(held, 0.002), TailRisk.Quantile(held, 0.998));
        var histogram = ReturnHistogram.Of([.. held.Select(r => Math.Clamp(r, low, high))], held.Length < 250 ? 0 : 60);
        var bars = new List<PlotBar>();
        for (var i = 0; i < histogram.Counts.Length; i++)
        {
            var (from, to) = (histogram.Edges[i], histogram.Edges[i + 1]);
            bars.Add(new PlotBar(from, to, histogram.Counts[i], to <= -var95 ? "tail" : from < 0 && to > 0 ? "" : to <= 0 ? "loss" : "gain",
                $"{NumberText.SignedPercent(from)} to {NumberText.SignedPercent(to)}: {NumberText.Count(histogram.Counts[i])} "
                    + $"{view.Period}s"));
        }
        new BarPlot
        {
            Title = $"Returns per {view.Period} in the market",
            Description = $"{NumberText.Count(held.Length)} returns. One {view.Period} in twenty loses more than "
                + $"{NumberText.Percent(var95)}; such {view.Period}s lose {NumberText.Percent(cvar95)} on average.",
            Bars = bars,
            Marks = [new PlotMark(-var95, $"VaR 95% {NumberText.SignedPercent(-var95)}", "loss"),
                new PlotMark(-cvar95, $"CVaR 95% {NumberText.SignedPercent(-cvar95)}", "loss dashed")],
            Across = $"Return per {view.Period}",
            Up = $"{view.Period}s",
            Format = v => NumberText.Compact(Math.Round(v * 100, 6)) + "%",
        }.Write(html);
    }

    private static void Row(HtmlWriter html, string name, double[] sorted,
        (int Count, double Gains, double Losses, double Var95, double Cvar95)? known)
    {
        var (var95, cvar95) = TailRisk.Historical(sorted, 0.05);
        var (var99, cvar99) = TailRisk.Historical(sorted, 0.01);
        var shown = known ?? (sorted.Length, sorted.Count(r => r > 0) / (double)sorted.Length,
            sorted.Count(r => r < 0) / (double)sorted.Length, var95, cvar95);
        HtmlTable.RowHead(html, name);
        HtmlTable.Number(html, NumberText.Count(shown.Count));
        HtmlTable.Number(html, NumberText.Percent(shown.Gains, 1));
        HtmlTable.Number(html, NumberText.Percent(shown.Losses, 1));
        HtmlTable.Number(html, NumberText.Percent(shown.Var95));
        HtmlTable.Number(html, NumberText.Percent(shown.Cvar95));
        HtmlTable.Number(html, NumberText.Percent(var99), minor: true);
        HtmlTable.Number(html, NumberText.Percent(cvar99), minor: true);
        HtmlTable.Number(html, NumberText.SignedPercent(sorted[0]));
        HtmlTable.Number(html, NumberText.SignedPercent(TailRisk.Quantile(sorted, 0.5)), minor: true);
        HtmlTable.Number(html, NumberText.SignedPercent(sorted[^1]));
        HtmlTable.EndRow(html);
    }
}
