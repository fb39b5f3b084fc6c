using System.Globalization;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Pages;

/// <summary>Writes the page of <c>granary features</c>: labels and features of each market, and the features that predict the
/// label.</summary>
internal static class FeaturePage
{
    // The page shows only this many features; the JSON has all.
    private const int MostFeatures = 100;

    /// <param name="output">The output, which is not closed.</param>
    public static void Write(TextWriter output, FeatureStudies studies) => ReportPage.Write(new HtmlWriter(output),
        $"{studies.Batch} · features", studies, Top,
        [new ReportPage.Group<FeatureStudies>("Features", [.. studies.Studies.Select((study, i) => new Section(study, i + 1))])],
        "Granary feature study. A correlation in the past may not hold in the future.");

    private static void Top(HtmlWriter html, FeatureStudies view)
    {
        html.Write($"<header><p class=\"eyebrow\">Features</p><h1>{view.Batch}</h1><p class=\"what\">");
        html.Prose($"{Counted.Of(view.Tested, "test")} of features against labels. A feature is relevant if its p-value, corrected for all "
            + $"of them (Benjamini and Yekutieli), is at most {Share(view.Level)}: of the relevant ones at most {Share(view.Level)} are "
            + "expected to be chance.");
        html.Raw("</p></header>\n<dl class=\"figures\">");
        Figure(html, "Tests", view.Tested, view.IsGenerated ? "the batch's and generated features" : "the batch's features");
        Figure(html, "Relevant", view.Studies.Sum(s => s.Features.Count(f => f.IsRelevant)), "all markets together");
        Figure(html, "Chosen", view.Studies.Sum(s => s.Chosen.Count), "relevant, and no repetition of a better one");
        html.Raw("</dl>\n");
    }

    private static void Figure(HtmlWriter html, string name, int value, string note) =>
        html.Write($"<div><dt>{name}</dt><dd>{NumberText.Count(value)}</dd><dd class=\"soft\">{note}</dd></div>");

    private static string Share(double share) => share.ToString("0.## %", CultureInfo.InvariantCulture);

    private sealed class Section(FeatureStudy study, int number) : IReportSection<FeatureStudies>
    {
        public string Id => $"study-{number}";

        public string Title => $"{study.Data}, {study.Label}";

        public bool Applies(FeatureStudies view) => true;

        public void Write(HtmlWriter html, FeatureStudies view)
        {
            if (study.Error is { } error)
            {
                html.Write($"<p class=\"note loss\">{error}</p>\n");
                return;
            }
            html.Raw("<p>");
            html.Prose($"{Counted.Of(study.Bars, "bar")} from {NumberText.Clock(study.From)} to {NumberText.Clock(study.To)} UTC; "
                + $"{Counted.Of(study.Samples, "sample")} whose labels do not overlap"
                + (study.Ones is { } ones ? $", {NumberText.Percent(ones, 1)} of them with label 1." : "."));
            if (study.ReferenceSentence is { Length: > 0 } read) html.Prose($" {read}");
            html.Raw("</p>\n");
            html.Raw("<p>");
            if (study.Chosen.Count == 0) html.Raw("No feature is relevant.");
            else
            {
                html.Raw("Chosen: ");
                html.Write($"<code>\"features\": [{string.Join(", ", study.Chosen.Select(c => $"\"{c}\""))}]</code>");
            }
            html.Raw("</p>\n");
            Relevance(html);
            Distributions(html);
        }

        private void Relevance(HtmlWriter html)
        {
            HtmlTable.Open(html, Caption("Relevance"),
                [new("Feature", Number: false), new("Samples"), new("Rank correlation", Hint: "Spearman's, with the label"),
                    new("p", Hint: "Of a correlation this far from 0 without any relation"),
                    new("Corrected p", Hint: "Benjamini and Yekutieli, over all features of the page"), new("Finding", Number: false)],
                sortable: true);
            foreach (var f in study.Features.Take(MostFeatures))
            {
                HtmlTable.RowHead(html, f.Name);
                HtmlTable.Number(html, NumberText.Count(f.Samples));
                HtmlTable.Number(html, NumberText.SignedRatio(f.Correlation, 3), f.IsRelevant ? NumberText.Sign(f.Correlation) : "");
                HtmlTable.Number(html, NumberText.PValue(f.PValue));
                HtmlTable.Number(html, NumberText.PValue(f.Adjusted));
                HtmlTable.Text(html, f.Remark);
                HtmlTable.EndRow(html);
            }
            HtmlTable.Close(html);
        }

        private void Distributions(HtmlWriter html)
        {
            HtmlTable.Open(html, Caption("Distributions"),
                [new("Feature", Number: false), new("Missing"), new("Mean"), new("Deviation"), new("Least"), new("1 %"), new("25 %"),
                    new("Median"), new("75 %"), new("99 %"), new("Greatest"),
                    new("Autocorrelation", Hint: "Of neighbouring values"),
                    new("Unit root", Hint: "Augmented Dickey–Fuller statistic; below about −2.86 a random walk is rejected at 5 %; "
                        + "others may wander")],
                sortable: true);
            if (study.LabelFigures is { } label) Row(html, $"label {study.Label}", label);
            foreach (var f in study.Features.Take(MostFeatures)) Row(html, f.Name, f.Figures);
            HtmlTable.Close(html);
        }

        private string Caption(string what) => $"{what} of {study.Data}, {study.Label}" + (study.Features.Count > MostFeatures
            ? $": the first {MostFeatures} of {NumberText.Count(study.Features.Count)} features" : "");

        private static void Row(HtmlWriter html, string name, ColumnFigures figures)
        {
            HtmlTable.RowHead(html, name);
            HtmlTable.Number(html, NumberText.Percent(figures.Missing, 1), figures.Missing > 0.1 ? "loss" : "");
            Number(html, figures.Mean);
            Number(html, figures.Deviation);
            foreach (var quantile in figures.Quantiles) Number(html, quantile);
            HtmlTable.Number(html, figures.Autocorrelation is { } r ? NumberText.SignedRatio(r, 2) : NumberText.Undefined);
            HtmlTable.Number(html, figures.UnitRoot is { } t ? NumberText.SignedRatio(t, 2) : NumberText.Undefined,
                figures.IsStationary ? "" : "loss");
            HtmlTable.EndRow(html);
        }

        private static void Number(HtmlWriter html, double? value) =>
            HtmlTable.Number(html, value is { } number ? number.ToString("G4", CultureInfo.InvariantCulture) : NumberText.Undefined);
    }
}
