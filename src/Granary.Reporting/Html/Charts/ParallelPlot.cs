namespace Granary.Reporting.Html.Charts;

/// <summary>Lines of one look in parallel coordinates.</summary>
/// <param name="Name">In the legend; empty for none.</param>
/// <param name="Style">The class in the style sheet: p0 … p3, best.</param>
/// <param name="Values">Of each line a value by axis; NaN interrupts it.</param>
internal sealed record ParallelLines(string Name, string Style, IReadOnlyList<IReadOnlyList<double>> Values);

/// <summary>
/// Parallel coordinates: a vertical axis for each measure, and a line for each item through its values. Lines of one look are one path.
/// </summary>
internal sealed record ParallelPlot
{
    private const int Labels = 3;

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<PlotScale> Axes { get; init; }

    /// <summary>The last are drawn on top.</summary>
    public required IReadOnlyList<ParallelLines> Lines { get; init; }

    public double Height { get; init; } = 260;

    public void Write(HtmlWriter html)
    {
        if (Axes.Count < 2) return;
        PlotFrame.Open(html, Title, Description, Height, "parallel",
            [.. Lines.Where(l => l.Name.Length > 0).Select(l => (l.Name, l.Style))]);
        PlotFrame.OpenShapes(html, Height);
        foreach (var lines in Lines)
        {
            if (lines.Values.Count == 0) continue;
            html.Write($"<path class=\"line {lines.Style}\" d=\"");
            foreach (var values in lines.Values) Line(html, values);
            html.Raw("\"/>");
        }
        html.Raw("</svg>");
        html.Raw("<g aria-hidden=\"true\">");
        for (var i = 0; i < Axes.Count; i++) Axis(html, i);
        html.Raw("</g></svg>");
        PlotFrame.Close(html);
    }

    private double At(int axis) => (double)axis / (Axes.Count - 1);

    private void Line(HtmlWriter html, IReadOnlyList<double> values)
    {
        var pen = false;
        for (var i = 0; i < values.Count; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                pen = false;
                continue;
            }
            html.Write($"{(pen ? "L" : "M")}{At(i) * PlotFrame.Width} {Axes[i].Y(values[i], Height)}");
            pen = true;
        }
    }

    // Names stand below their axis in two rows, of many axes in three, so that neighbours do not touch on a narrow page. Labels stand
    // inside.
    private void Axis(HtmlWriter html, int i)
    {
        var (scale, x) = (Axes[i], At(i) * 100);
        var row = i % (Axes.Count > 5 ? 3 : 2);
        var side = i == 0 ? "start" : i == Axes.Count - 1 ? "end" : "middle";
        html.Write($"<line class=\"rule\" x1=\"{x}%\" x2=\"{x}%\" y1=\"0\" y2=\"{Height}\"/>");
        html.Write($"<text class=\"name {side}\" x=\"{x}%\" y=\"{Height + 17 + 16 * row}\">{scale.Title}</text>");
        var last = i == Axes.Count - 1;
        foreach (var (at, text) in scale.Labels(Labels))
            html.Write($"<text class=\"mark {(last ? "end" : "start")}\" x=\"{x}%\" dx=\"{(last ? -5 : 5)}\" "
                + $"y=\"{Math.Clamp(scale.Y(at, Height) + 4, 10, Height - 2)}\">{text}</text>");
    }
}
