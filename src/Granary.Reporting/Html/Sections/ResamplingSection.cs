using Granary.Reporting.Html.Charts;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>Other paths of an account: fans of equity, quantiles, probabilities and position sizes of other paths.</summary>
internal sealed class ResamplingSection(ResamplingResults results) : IReportSection<CurveView>
{
    // The styles of lines of methods, in the order of the methods.
    private static readonly string[] s_styles = ["s1", "s2", "s3", "s4"];

    private readonly ResampledMethod[] _drawn = [.. results.Methods.Where(m => m.Fan is not null)];

    public string Id => "resampling";

    public string Title => "What could have happened";

    public bool Applies(CurveView view) => results.Methods.Count > 0;

    public void Write(HtmlWriter html, CurveView view)
    {
        html.Write($"<p class=\"lead\">Other paths of this account, drawn from its record with seed {results.Seed}. ");
        html.Raw("Half of the paths are in the inner range of a chart, nine of ten in the outer one. The paths know only what the record "
            + "has: no other market, no change of what made the profit. If the strategies were chosen on this record, the luck of the "
            + "choice is in each path.</p>\n");
        html.Raw("<div class=\"pair\">");
        foreach (var method in _drawn) Fan(html, view, method);
        html.Raw("</div>\n");
        Methods(html);
        if (_drawn.Length == 0) return;
        Figures(html);
        Events(html);
        Sizes(html);
    }

    private void Methods(HtmlWriter html)
    {
        HtmlTable.Open(html, "Methods", [new("Method", Number: false), new("Answers", Number: false), new("Returns"),
            new("Paths", Minor: true), new("Block", Minor: true, Hint: "Mean length of the blocks of returns that stay together")]);
        foreach (var m in results.Methods)
        {
            HtmlTable.RowHead(html, m.Title);
            HtmlTable.Text(html, string.Join(' ', m.Absence is { } absence ? [absence] : m.Cautions.Prepend(m.Meaning)));
            HtmlTable.Number(html, m.Absence is null ? Counted.Of(m.Returns, m.Unit) : NumberText.Undefined);
            HtmlTable.Number(html, m.Absence is null ? NumberText.Count(m.Paths) : NumberText.Undefined, minor: true);
            HtmlTable.Number(html, m.MeanBlock is { } block ? NumberText.Ratio(block, 1) : NumberText.Undefined, minor: true);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private void Fan(HtmlWriter html, CurveView view, ResampledMethod method)
    {
        var fan = method.Fan!;
        long[] times = [.. fan.Times.Select(t => t.Ticks)];
        PlotLine Edge(int quantile) => new(ResamplingText.Quantile(results.Quantiles[quantile]), "s1", times,
            [.. fan.Quantiles[quantile]]);
        var final = method.Figures[0];
        new TimePlot
        {
            Title = method.Title,
            Description = $"Equity of the record, and the quantiles of {Counted.Of(method.Paths, "path")}. The record ends at "
                + $"{NumberText.Money(final.Own)}; nine of ten paths end between {NumberText.Money(final.Quantiles[0])} and "
                + $"{NumberText.Money(final.Quantiles[^1])}.",
            Lines = [new("Record", "s2", times, [.. fan.Equity]), Edge(2) with { Style = "s1" }],
            Bands = [new("outer", Edge(0), Edge(4)), new("inner", Edge(1), Edge(3))],
            Unit = PlotUnit.Money,
            Up = view.Currency,
            Height = 200,
            LogFrom = 5,
            Ticks = 4,
            Intraday = view.Intraday,
        }.Write(html);
    }

    private void Figures(HtmlWriter html)
    {
        HtmlTable.Open(html, "Quantiles over the paths", [new("Figure", Number: false), new("Method", Number: false), new("Record"),
            .. results.Quantiles.Select((q, i) => new HtmlColumn(ResamplingText.Quantile(q), Minor: i is 1 or 3))]);
        for (var k = 0; k < _drawn[0].Figures.Count; k++)
            foreach (var m in _drawn)
            {
                var figure = m.Figures[k];
                HtmlTable.RowHead(html, ResamplingText.Figure(figure.Figure));
                HtmlTable.Text(html, m.Title);
                HtmlTable.Number(html, ResamplingText.Value(figure.Figure, figure.Own));
                for (var q = 0; q < figure.Quantiles.Count; q++)
                    HtmlTable.Number(html, ResamplingText.Value(figure.Figure, figure.Quantiles[q]), minor: q is 1 or 3);
                HtmlTable.EndRow(html);
            }
        HtmlTable.Close(html);
        html.Raw("<p class=\"note\">The record's own figures are at the ends of the same returns, so that a drawdown within a day or a "
            + "trade is not in them.</p>\n");
    }

    private void Events(HtmlWriter html)
    {
        HtmlTable.Open(html, "Probabilities", [new("Event", Number: false), .. _drawn.Select(m => new HtmlColumn(m.Title))]);
        foreach (var e in _drawn.SelectMany(m => m.Events).DistinctBy(e => (e.Event, e.Months)).OrderBy(e => e.Months ?? 0))
        {
            HtmlTable.RowHead(html, ResamplingText.Event(e, results));
            foreach (var m in _drawn)
                HtmlTable.Number(html, m.Events.FirstOrDefault(o => (o.Event, o.Months) == (e.Event, e.Months)) is { } own
                    ? NumberText.Percent(own.Probability, 1) : NumberText.Undefined);
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
    }

    private static bool IsCharted(SizeOfRisk size) => size.Risk <= 0.5;

    private void Sizes(HtmlWriter html)
    {
        // Sizes at larger risks are many times as large and would flatten the rest; the other methods say nothing of sizes.
        ResampledMethod[] charted = [.. _drawn.Where(m => m.MeanBlock is not null)];
        if (charted.Length > 0) new LinePlot
        {
            Title = "Position size by its risk of ruin",
            Description = "A larger size has a larger risk; the table below has the sizes at four risks.",
            Across = "risk of ruin, percent",
            Up = "times the actual size",
            At = [.. charted[0].Sizes.Where(IsCharted).Select(s => 100 * s.Risk)],
            Lines = [.. charted.Select((m, i) => new NumberLine(m.Title, s_styles[i % s_styles.Length],
                [.. m.Sizes.Where(IsCharted).Select(s => s.Size <= ResamplingText.MostSize ? s.Size : double.NaN)]))],
            Format = v => NumberText.Compact(v),
            Height = 180,
        }.Write(html);
        HtmlTable.Open(html, "Position size at a risk of ruin",
            [new("Risk", Number: false), .. _drawn.Select(m => new HtmlColumn(m.Title))], "narrow");
        foreach (var (i, size) in _drawn[0].Sizes.Index())
        {
            if (!ResamplingText.IsShown(size)) continue;
            HtmlTable.RowHead(html, NumberText.Percent(size.Risk, 0));
            foreach (var m in _drawn) HtmlTable.Number(html, ResamplingText.Size(m, m.Sizes[i]));
            HtmlTable.EndRow(html);
        }
        HtmlTable.Close(html);
        html.Write($"<p class=\"note\">Ruin is here a loss of {NumberText.Percent(results.Ruin, 1)} of the start. All returns of a path "
            + $"are multiplied by the size; margin, interest and the size of orders are not considered, so sizes end at 10 times. A "
            + $"method that only shuffles or leaves out trades says nothing of other sizes.</p>\n");
    }
}
