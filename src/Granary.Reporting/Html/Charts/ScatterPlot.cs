namespace Granary.Reporting.Html.Charts;

/// <summary>A named set of points in a scatter plot.</summary>
/// <param name="Style">The class in the style sheet; loss is drawn with squares, so that it differs in shape too.</param>
internal sealed record PlotCloud(string Name, string Style, IReadOnlyList<(double X, double Y)> Points);

/// <summary>
/// Points of two measures. All points of a cloud are one path of strokes of no length with visible caps, which keeps thousands of them
/// small.
/// </summary>
internal sealed record ScatterPlot
{
    public required string Title { get; init; }

    public required string Description { get; init; }

    public required string Across { get; init; }

    public required string Up { get; init; }

    public required IReadOnlyList<PlotCloud> Clouds { get; init; }

    public required Func<double, string> Format { get; init; }

    public double Height { get; init; } = 260;

    public void Write(HtmlWriter html)
    {
        var x = ValueAxis.Around(Clouds.SelectMany(c => c.Points.Select(p => p.X)), 0);
        var y = ValueAxis.Around(Clouds.SelectMany(c => c.Points.Select(p => p.Y)), 0);
        PlotFrame.Open(html, Title, Description, Height, "scatter", [.. Clouds.Select(c => (c.Name, c.Style + " dot"))]);
        PlotFrame.Horizontals(html, y, Height, Format, 0);
        PlotFrame.ValueLabels(html, x, Height, Format);
        PlotFrame.UpTitle(html, Up);
        PlotFrame.AcrossTitle(html, Height, Across);
        PlotFrame.OpenShapes(html, Height);
        foreach (var cloud in Clouds)
        {
            if (cloud.Points.Count == 0) continue;
            html.Write($"<path class=\"points {cloud.Style}\" d=\"");
            foreach (var (px, py) in cloud.Points) html.Write($"M{x.Share(px) * PlotFrame.Width} {y.Y(py, Height)}h.1");
            html.Raw("\"/>");
        }
        html.Raw("</svg></svg>");
        PlotFrame.Close(html);
    }
}
