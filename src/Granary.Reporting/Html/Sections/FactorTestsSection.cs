using System.Globalization;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>All tests of a factor study, with their corrected values.</summary>
internal sealed class FactorTestsSection : IReportSection<FactorStudyResults>
{
    public string Id => "tests";

    public string Title => "Factors and horizons";

    public bool Applies(FactorStudyResults view) => true;

    public void Write(HtmlWriter html, FactorStudyResults view)
    {
        html.Raw("<p>");
        html.Prose($"The test of a factor over a horizon is that its mean information coefficient is zero. q corrects p for all "
            + $"{Counted.Of(view.Tests, "test")} of this study, however they depend on each other (Benjamini and Yekutieli): of the "
            + $"discoveries, at most {Share(view.Level)} are expected to be chance.");
        html.Raw("</p>\n");
        HtmlTable.Open(html, "Information coefficient and spread of each factor over each horizon",
            [new("Factor", Number: false), new("Horizon", Hint: "Bars"), new("Mean IC", Hint: "Spearman's correlation on each date"),
                new("95% low", Hint: "Newey and West's error"), new("95% high"),
                new("Deviation", Minor: true, Hint: "Of the information coefficient"),
                new("IC/deviation", Minor: true, Hint: "Mean over deviation"), new("t"), new("p"),
                new("q", Hint: "Benjamini and Yekutieli"), new("q independent", Minor: true, Hint: "Benjamini and Hochberg"),
                new("Spread", Hint: "Highest quantile less the lowest, over the horizon"),
                new("Spread t", Minor: true), new("Dates", Minor: true), new("Finding", Number: false)],
            sortable: true);
        foreach (var factor in view.Factors)
            foreach (var h in factor.Horizons)
                Row(html, factor, h);
        HtmlTable.Close(html);
    }

    private static void Row(HtmlWriter html, StudiedFactor factor, StudiedHorizon h)
    {
        HtmlTable.RowHead(html, factor.Factor);
        HtmlTable.Number(html, NumberText.Count(h.Horizon));
        HtmlTable.Number(html, Signed(h.Ic.Mean), h.IsDiscovery ? NumberText.Sign(h.Ic.Mean ?? 0) : "");
        HtmlTable.Number(html, Signed(h.Ic.Low));
        HtmlTable.Number(html, Signed(h.Ic.High));
        HtmlTable.Number(html, NumberText.Ratio(h.Ic.Deviation ?? double.NaN, 4), minor: true);
        HtmlTable.Number(html, NumberText.SignedRatio(h.Ratio ?? double.NaN, 2), minor: true);
        HtmlTable.Number(html, NumberText.SignedRatio(h.Ic.T ?? double.NaN, 2));
        HtmlTable.Number(html, PValue(h.Ic.P));
        HtmlTable.Number(html, PValue(h.Q));
        HtmlTable.Number(html, PValue(h.QIndependent), minor: true);
        HtmlTable.SignedPercent(html, h.Spread.Mean ?? double.NaN, 3);
        HtmlTable.Number(html, NumberText.SignedRatio(h.Spread.T ?? double.NaN, 2), minor: true);
        HtmlTable.Number(html, NumberText.Count(h.Ic.Dates), minor: true);
        HtmlTable.Text(html, h.IsDiscovery ? "discovery" : h.Q is null ? "no test" : "");
        HtmlTable.EndRow(html);
    }

    internal static string Signed(double? value) => NumberText.SignedRatio(value ?? double.NaN, 4);

    internal static string Share(double share) => share.ToString("0.##%", CultureInfo.InvariantCulture);

    internal static string PValue(double? p) => p is { } value ? NumberText.PValue(value) : NumberText.Undefined;
}
