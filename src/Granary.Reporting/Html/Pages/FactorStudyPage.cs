using Granary.Reporting.Html.Sections;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Pages;

/// <summary>Writes the page of <c>granary factors study</c>: all tests, then the charts and tables of each factor.</summary>
internal static class FactorStudyPage
{
    /// <param name="output">The output, which is not closed.</param>
    public static void Write(TextWriter output, FactorStudyResults study) => ReportPage.Write(new HtmlWriter(output),
        $"{Title(study)} · factor study", study, Top,
        [
            new ReportPage.Group<FactorStudyResults>("Tests", [new FactorTestsSection()]),
            .. study.Factors.Select((factor, i) => new ReportPage.Group<FactorStudyResults>(factor.Factor, factor.Error is not null ? []
                : [
                    new FactorSection($"ic-{i + 1}", "Information coefficient", html => FactorStudyCharts.Ic(html, study, factor)),
                    new FactorSection($"quantiles-{i + 1}", "Quantiles", html => FactorStudyCharts.Quantiles(html, study, factor)),
                    new FactorSection($"turnover-{i + 1}", "Turnover", html => FactorStudyCharts.Turnover(html, study, factor)),
                    .. study.Groups.Count == 0 ? Array.Empty<FactorSection>()
                        : [new FactorSection($"groups-{i + 1}", "Groups", html => FactorStudyCharts.Groups(html, study, factor))],
                ])),
            new ReportPage.Group<FactorStudyResults>("Reading", [new FactorFormulasSection()]),
        ],
        "Granary factor study. A relation in the past may not hold in the future.");

    private static string Title(FactorStudyResults study) =>
        study.Factors.Count == 1 ? study.Factors[0].Factor : Counted.Of(study.Factors.Count, "factor");

    private static void Top(HtmlWriter html, FactorStudyResults study)
    {
        html.Write($"<header><p class=\"eyebrow\">Factor study</p><h1>{Title(study)}</h1><p class=\"what\">");
        html.Prose($"{Counted.Of(study.Symbols, "symbol")} of {study.Source}, {study.Timeframe}, {NumberText.Clock(study.From)} to "
            + $"{NumberText.Clock(study.To)} UTC. Returns {PriceText(study)}"
            + (study.GroupNeutral ? ", less the mean of the symbol's group." : "."));
        html.Raw("</p></header>\n");
        if (study.Notes.Count > 0)
        {
            html.Raw("<aside class=\"notice\" aria-label=\"Notes\"><ul>");
            foreach (var note in study.Notes)
            {
                html.Raw("<li>");
                html.Prose(note);
                html.Raw("</li>");
            }
            html.Raw("</ul></aside>\n");
        }
        html.Raw("<dl class=\"figures\">");
        Figure(html, "Tests", NumberText.Count(study.Tests), $"{Counted.Of(study.Factors.Count, "factor")} over "
            + Counted.Of(study.Horizons.Count, "horizon"));
        Figure(html, "Discoveries", NumberText.Count(study.Discoveries), $"q at most {FactorTestsSection.Share(study.Level)}");
        if (study.Trials is { } trials)
            Figure(html, "Trials on these bars", NumberText.Count(trials.All), trials.Fault is null ? "all that were ever made here"
                : "of this study alone: " + trials.Fault);
        html.Raw("</dl>\n");
    }

    private static string PriceText(FactorStudyResults study) =>
        study.Price == "close" ? "from the close of a bar to a later close" : "from the open of the next bar to a later open";

    private static void Figure(HtmlWriter html, string name, string value, string note) =>
        html.Write($"<div><dt>{name}</dt><dd>{value}</dd><dd class=\"soft\">{note}</dd></div>");
}
