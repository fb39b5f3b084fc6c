using Granary.Engine.Analysis;
using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;

namespace Granary.Reporting.Html.Sections;

/// <summary>How often each size of return came, and what lies in the left tail.</summary>
internal sealed class DistributionSection : IReportSection<CurveView>
{
    public string Id => "distribution";

    public string Title => "Distribution of returns";

    public bool Applies(CurveView view) => view.HasCurve && view.Measured.Count > 10;

    public void Write(HtmlWriter html, CurveView view)
    {
        var returns = view.Measured.Returns;
        var (var95, cvar95) = TailRisk.Historical(returns, 0.05);
        var (var99, cvar99) = TailRisk.Historical(returns, 0.01);
        // A few wild returns must not make the rest one bar: the outermost bars hold all that lies beyond.
        var sorted = returns.ToArray();
        Array.Sort(sorted);
        var defined = sorted.AsSpan(sorted.AsSpan().LastIndexOf(double.NaN) + 1);
        if (defined.Length == 0) return;
        var (low, high) = (TailRisk.Quantile(defined, 0.002), TailRisk.Quantile(defined, 0.998));
        var clipped = new double[defined.Length];
        for (var i = 0; i < clipped.Length; i++) clipped[i] = Math.Clamp(defined[i], low, high);
        var histogram = ReturnHistogram.Of(clipped, defined.Length < 250 ? 0 : 60);
        var bars = new List<PlotBar>();
        for (var i = 0; i < histogram.Counts.Length; i++)
        {
            var (from, to) = (histogram.Edges[i], histogram.Edges[i + 1]);
            bars.Add(new PlotBar(from, to, histogram.Counts[i], to <= -var95 ? "tail" : (from + to) / 2 < 0 ? "loss" : "gain",
                $"{NumberText.SignedPercent(from)} to {NumberText.SignedPercent(to)}: {NumberText.Count(histogram.Counts[i])} {view.Period}s"));
        }
        new BarPlot
        {
            Title = $"Returns per {view.Period}",
            Description = $"{NumberText.Count(defined.Length)} returns. One {view.Period} in twenty loses more than {NumberText.Percent(var95)}; such {view.Period}s lose {NumberText.Percent(cvar95)} on average.",
            Bars = bars,
            Marks = [new PlotMark(-var95, $"VaR 95% {NumberText.SignedPercent(-var95)}", "loss"), new PlotMark(-cvar95, $"CVaR 95% {NumberText.SignedPercent(-cvar95)}", "loss dashed")],
            Format = v => NumberText.Compact(Math.Round(v * 100, 6)) + "%",
        }.Write(html);
        html.Write($"<p class=\"note\">The outermost bars hold what lies beyond them. Stronger bars lie beyond the 95% value at risk.</p>\n");
        HtmlTable.Open(html, $"Losses in the tail, per {view.Period}", [new("Level", Number: false), new("Value at risk"), new("Expected shortfall"), new("Times")], "narrow");
        Row("95%", var95, cvar95, defined);
        Row("99%", var99, cvar99, defined);
        HtmlTable.Close(html);
        html.Write($"<p class=\"note\">Worst {view.Period} {NumberText.SignedPercent(defined[0])}, best {NumberText.SignedPercent(defined[^1])}, median {NumberText.SignedPercent(TailRisk.Quantile(defined, 0.5))}.</p>\n");

        void Row(string level, double var, double shortfall, ReadOnlySpan<double> all)
        {
            var beyond = 0;
            while (beyond < all.Length && all[beyond] <= -var) beyond++;
            HtmlTable.RowHead(html, level);
            HtmlTable.Number(html, NumberText.Percent(var));
            HtmlTable.Number(html, NumberText.Percent(shortfall));
            HtmlTable.Number(html, NumberText.Count(beyond));
            HtmlTable.EndRow(html);
        }
    }
}
