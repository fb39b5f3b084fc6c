using Granary.Reporting.Html.Sections;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Pages;

/// <summary>Writes the page of <c>granary costs fit</c>: what fills cost against each reference price.</summary>
internal static class CostStudyPage
{
    // Fills outside of their bar that are named; costs.json names all.
    private const int MostNamed = 10;

    /// <param name="output">The output, which is not closed.</param>
    public static void Write(TextWriter output, CostStudyResults costs) => ReportPage.Write(new HtmlWriter(output), "What fills cost",
        costs, Top,
        [
            new ReportPage.Group<CostStudyResults>("Costs", [.. costs.Models.Select(m => new CostModelSection(m, costs.Level))]),
            new ReportPage.Group<CostStudyResults>("Reading", [new CostFormulasSection()]),
        ],
        "Granary costs of fills. Costs of the past may not be those of the future.");

    private static void Top(HtmlWriter html, CostStudyResults costs)
    {
        html.Raw("<header><p class=\"eyebrow\">Costs</p><h1>What fills cost</h1><p class=\"what\">");
        html.Prose($"{Counted.Of(costs.Fills, "fill")} of market and stop orders of {string.Join(", ", costs.Sources)}, {NumberText.Clock(costs.From)} to "
            + $"{NumberText.Clock(costs.To)} UTC" + (costs.Timeframe is { } timeframe ? $", measured by {timeframe} bars." : "."));
        html.Raw("</p></header>\n");
        List<string> notes = [.. costs.LeftOut.Select(l => $"{Counted.Of(l.Value, "fill")} left out: {l.Key}."),
            .. (costs.OutsideRange ?? []).Take(MostNamed).Select(f => $"{f}."), .. costs.Notes];
        if (notes.Count > 0)
        {
            html.Raw("<aside class=\"notice\" aria-label=\"Notes\"><ul>");
            foreach (var note in notes)
            {
                html.Raw("<li>");
                html.Prose(note);
                html.Raw("</li>");
            }
            html.Raw("</ul></aside>\n");
        }
        html.Raw("<dl class=\"figures\">");
        foreach (var model in costs.Models)
            Figure(html, $"Against the {CostModelSection.Words(model.Reference)}", CostModelSection.Points(model.Pool.Mean),
                $"{CostModelSection.Points(model.Pool.Low)} to {CostModelSection.Points(model.Pool.High)}; "
                    + $"upper {CostModelSection.Points(model.Pool.Upper)}");
        if (costs.Fee is { } fee) Figure(html, "Fees", CostModelSection.Points(fee), "of the notional, not in the costs");
        html.Raw("</dl>\n");
    }

    private static void Figure(HtmlWriter html, string name, string value, string note) =>
        html.Write($"<div><dt>{name}</dt><dd>{value}</dd><dd class=\"soft\">{note}</dd></div>");
}
