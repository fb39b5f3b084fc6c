using Granary.Contracts.Runs;
using Granary.Engine.Analysis;
using Granary.Reporting.Html.Analysis;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>Distribution of returns, and its left tail.</summary>
internal sealed class DistributionSection : IReportSection<CurveView>
{
    public string Id => "distribution";

    public string Title => "Distribution of returns";

    public bool Applies(CurveView view) => PeriodDistribution.Applies(view);

    public void Write(HtmlWriter html, CurveView view)
    {
        var returns = PeriodDistribution.Of(view);
        var (all, held, flat) = (returns.All, returns.Held, returns.Flat);
        if (held.Length == 0)
        {
            html.Write($"<p>All {NumberText.Count(all.Length)} {view.Period}s were flat: nothing was held.</p>\n");
            return;
        }
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
        foreach (var row in returns.Rows()) Row(html, row.InMarket ? "In the market" : $"All {view.Period}s", row);
        HtmlTable.Close(html);
        Spans(html, ReturnsBySpan.Of(view, returns));
    }

    private static void Spans(HtmlWriter html, IReadOnlyList<SpanReturns> spans)
    {
        if (spans.Count < 2) return;
        HtmlTable.Open(html, "Returns of longer spans; the first and the last of each may be cut short",
        [
            new("Of", Number: false), new("Number"), new("Gains"), new("Mean", Minor: true), new("Worst"),
            new("Lower quartile", Hint: "A quarter of the returns is below it"), new("Median"),
            new("Upper quartile", Hint: "A quarter of the returns is above it"), new("Best"),
        ], "narrow");
        foreach (var s in spans)
        {
            HtmlTable.RowHead(html, ReturnsBySpan.Title(s.Span));
            HtmlTable.Number(html, NumberText.Count(s.Count));
            HtmlTable.Number(html, NumberText.Percent(s.Gains, 1));
            HtmlTable.SignedPercent(html, s.Mean, minor: true);
            HtmlTable.SignedPercent(html, s.Worst);
            HtmlTable.SignedPercent(html, s.LowerQuartile);
            HtmlTable.SignedPercent(html, s.Median);
            HtmlTable.SignedPercent(html, s.UpperQuartile);
            HtmlTable.SignedPercent(html, s.Best);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static void Histogram(HtmlWriter html, CurveView view, double[] held)
    {
        var (var95, cvar95) = TailRisk.Historical(held, 0.05);
        var histogram = PeriodDistribution.Bins(held);
        var bars = new List<PlotBar>();
        for (var i = 0; i < histogram.Counts.Length; i++)
        {
            var (from, to) = (histogram.Edges[i], histogram.Edges[i + 1]);
            bars.Add(new PlotBar(from, to, histogram.Counts[i], KindOf(from, to, var95),
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

    // The class of a bar; one that contains zero has none.
    private static string KindOf(double from, double to, double var95)
    {
        if (to <= -var95) return "tail";
        if (from < 0 && to > 0) return "";
        return to <= 0 ? "loss" : "gain";
    }

    private static void Row(HtmlWriter html, string name, ReturnRow row)
    {
        HtmlTable.RowHead(html, name);
        HtmlTable.Number(html, NumberText.Count(row.Count));
        HtmlTable.Number(html, NumberText.Percent(row.Gains, 1));
        HtmlTable.Number(html, NumberText.Percent(row.Losses, 1));
        HtmlTable.Number(html, NumberText.Percent(row.Var95));
        HtmlTable.Number(html, NumberText.Percent(row.Cvar95));
        HtmlTable.Number(html, NumberText.Percent(row.Var99), minor: true);
        HtmlTable.Number(html, NumberText.Percent(row.Cvar99), minor: true);
        HtmlTable.Number(html, NumberText.SignedPercent(row.Worst));
        HtmlTable.Number(html, NumberText.SignedPercent(row.Median), minor: true);
        HtmlTable.Number(html, NumberText.SignedPercent(row.Best));
        HtmlTable.EndRow(html);
    }
}
