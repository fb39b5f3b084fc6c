namespace Granary.Reporting.Html.Charts;

/// <summary>
/// Layout that all plots share. A plot is one SVG whose outer coordinates are percentages and pixels, so text keeps its size at any
/// width. An inner SVG of <see cref="Width"/> units stretches with the page and holds the shapes.
/// </summary>
internal static class PlotFrame
{
    /// <summary>Width of the inner SVG in its own units.</summary>
    public const double Width = 1000;

    /// <summary>Opens the figure and its SVG. The description is for screen readers.</summary>
    public static void Open(HtmlWriter html, string title, string description, double height, string kind = "",
        IReadOnlyList<(string Name, string Class)>? legend = null)
    {
        var id = html.NextId("plot");
        html.Write($"<figure class=\"chart {kind}\"><figcaption><span class=\"name\">{title}</span>");
        if (legend is { Count: > 0 })
        {
            html.Raw("<span class=\"legend\">");
            foreach (var (name, style) in legend) html.Write($"<span><i class=\"key {style}\"></i>{name}</span>");
            html.Raw("</span>");
        }
        html.Write($"</figcaption><div class=\"plot\"><svg class=\"frame\" width=\"100%\" "
            + $"height=\"{height}\" role=\"img\" aria-labelledby=\"{id}t {id}d\">");
        html.Write($"<title id=\"{id}t\">{title}</title><desc id=\"{id}d\">{description}</desc>");
    }

    public static void Close(HtmlWriter html) => html.Raw("</div></figure>\n");

    /// <summary>Writes the title of the vertical axis above its labels.</summary>
    public static void UpTitle(HtmlWriter html, string title) =>
        html.Write($"<text class=\"up\" x=\"-44\" y=\"-13\" aria-hidden=\"true\">{title}</text>");

    /// <summary>Writes the title of the horizontal axis below its labels, at the right.</summary>
    public static void AcrossTitle(HtmlWriter html, double height, string title) =>
        html.Write($"<text class=\"axis\" x=\"100%\" y=\"{height + 34}\" aria-hidden=\"true\">{title}</text>");

    public static void OpenShapes(HtmlWriter html, double height) =>
        html.Write($"<svg viewBox=\"0 0 {Width} {height}\" width=\"100%\" "
            + $"height=\"{height}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");

    public static void Horizontals(HtmlWriter html, in ValueAxis axis, double height, Func<double, string> format,
        double strong = double.NaN, int about = 5)
    {
        html.Raw("<g class=\"grid\" aria-hidden=\"true\">");
        foreach (var tick in axis.Ticks(about))
        {
            var y = axis.Y(tick, height);
            html.Write($"<line class=\"{(tick == strong ? "zero" : "")}\" x1=\"0\" x2=\"100%\" "
                + $"y1=\"{y}\" y2=\"{y}\"/><text class=\"y\" x=\"-8\" y=\"{y + 4}\">{format(tick)}</text>");
        }
        html.Raw("</g>");
    }

    /// <summary>Writes a line and a label for each labelled value of a scale.</summary>
    public static void Horizontals(HtmlWriter html, PlotScale scale, double height, int about = 5)
    {
        html.Raw("<g class=\"grid\" aria-hidden=\"true\">");
        foreach (var (at, text) in scale.Labels(about))
        {
            var y = scale.Y(at, height);
            html.Write($"<line class=\"{(at == 0 && scale.Names is null ? "zero" : "")}\" x1=\"0\" x2=\"100%\" "
                + $"y1=\"{y}\" y2=\"{y}\"/><text class=\"y\" x=\"-8\" y=\"{y + 4}\">{text}</text>");
        }
        html.Raw("</g>");
    }

    /// <summary>Writes the labels of a scale below a plot.</summary>
    public static void ScaleLabels(HtmlWriter html, PlotScale scale, double height)
    {
        var labels = scale.Labels(8).ToArray();
        var keep = (labels.Length + 4) / 5;
        html.Raw("<g class=\"ticks\" aria-hidden=\"true\">");
        for (var i = 0; i < labels.Length; i++)
            Label(html, scale.Share(labels[i].At) * 100, height, labels[i].Text, i % keep != 0);
        html.Raw("</g>");
    }

    public static void TimeLabels(HtmlWriter html, in TimeAxis axis, double height)
    {
        var ticks = axis.Ticks(TimeAxis.LabelsOfPlots);
        var keep = (ticks.Count + 3) / 4;
        html.Raw("<g class=\"ticks\" aria-hidden=\"true\">");
        for (var i = 0; i < ticks.Count; i++) Label(html, axis.X(ticks[i].Time, 100), height, ticks[i].Label, i % keep != 0);
        html.Raw("</g>");
    }

    public static void ValueLabels(HtmlWriter html, in ValueAxis axis, double height, Func<double, string> format)
    {
        var ticks = axis.Ticks(8);
        var keep = (ticks.Count + 4) / 5;
        html.Raw("<g class=\"ticks\" aria-hidden=\"true\">");
        for (var i = 0; i < ticks.Count; i++) Label(html, axis.Share(ticks[i]) * 100, height, format(ticks[i]), i % keep != 0);
        html.Raw("</g>");
    }

    /// <param name="wide">Whether the label is hidden on a narrow page.</param>
    private static void Label(HtmlWriter html, double percent, double height, string text, bool wide)
    {
        var style = percent < 2 ? "start" : percent > 98 ? "end" : "";
        html.Write($"<g class=\"{style}{(wide ? " extra" : "")}\"><line x1=\"{percent}%\" "
            + $"x2=\"{percent}%\" y1=\"{height}\" y2=\"{height + 4}\"/><text x=\"{percent}%\" y=\"{height + 18}\">{text}</text></g>");
    }
}
