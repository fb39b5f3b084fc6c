using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>The formulas of measured costs.</summary>
internal sealed class CostFormulasSection : IReportSection<CostStudyResults>
{
    public string Id => "formulas";

    public string Title => "How the figures are computed";

    public bool Applies(CostStudyResults view) => true;

    public void Write(HtmlWriter html, CostStudyResults view)
    {
        html.Raw("<ul>");
        foreach (var sentence in (string[])
        [
            "The cost of a fill is ± (price / reference − 1), plus for a buy, in basis points (bp, a hundredth of a percent). "
                + "Fees are not in it.",
            "The reference of a stop order is its trigger. If the bar of the fill opened beyond the trigger, it is that open: the gap is the "
                + "market’s move, not slippage of the fill.",
            "The model is cost = cell of side and venue + size · (√(quantity/volume) − mean) + volatility · (range − mean) + hour. The "
                + "range is high less low over open of the bar of the fill.",
            "Cells and hours are drawn to the pool where they have few fills: a cell of n fills counts n/(n + λ) of its own (best linear "
                + "unbiased prediction; Robinson 1991, Morris 1983). λ is chosen by the data (Morris and Tang 2011).",
            $"Intervals have {NumberText.Percent(view.Level, 0)}: Student’s t times the deviation over {NumberText.Count(view.Resamples)} "
                + "resamples of whole days, because fills of a day share its market.",
            $"The upper value is not exceeded with a confidence of {NumberText.Percent(view.UpperLevel, 0)} (one-sided).",
        ])
        {
            html.Raw("<li>");
            html.Prose(sentence);
            html.Raw("</li>");
        }
        html.Raw("</ul>\n");
    }
}
