using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The formulas of a factor study's figures.</summary>
internal sealed class FactorFormulasSection : IReportSection<FactorStudyResults>
{
    public string Id => "formulas";

    public string Title => "How the figures are computed";

    public bool Applies(FactorStudyResults view) => true;

    public void Write(HtmlWriter html, FactorStudyResults view)
    {
        html.Raw("<ul>");
        foreach (var sentence in (string[])
        [
            "A row is a symbol on a date with a value of the factor and with returns over all horizons. A date needs "
                + $"{2 * view.Quantiles} rows, two for each quantile.",
            "The return over h bars is price(t + h) / price(t) − 1 on the dates of all symbols. A symbol whose bars end earlier is left at its "
                + "last close.",
            "The information coefficient (IC) of a date is Spearman's correlation of values and returns; equal values share their mean rank.",
            "Errors are Newey and West's with a lag of three times the overlap of the returns, at least 4 (n / 100)^(2/9); intervals have 95% "
                + "and use Student's t.",
            "Quantile edges are interpolated between the sorted values of a date; a value at an edge belongs to the lower quantile.",
            "Means of quantiles are means over dates. The spread is the highest quantile less the lowest. Costs are not taken off.",
            "Turnover is the share of a quantile's symbols that were not in it a horizon before.",
        ])
        {
            html.Raw("<li>");
            html.Prose(sentence);
            html.Raw("</li>");
        }
        html.Raw("</ul>\n");
    }
}
