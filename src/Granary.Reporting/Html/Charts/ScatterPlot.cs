namespace Granary.Reporting.Html.Charts;

/// <summary>A named set of points in a scatter plot.</summary>
/// <param name="Style">The class in the style sheet; loss is drawn with squares, so that it differs in shape too.</param>
internal sealed record PlotCloud(string Name, string Style, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A line through points of two measures.</summary>
/// <param name="Style">The class in the style sheet: s1 … s4.</param>
internal sealed record PlotPath(string Name, string Style, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A point with a name.</summary>
internal sealed record PlotPoint(string Name, double X, double Y);

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

    /// <summary>Lines below the points.</summary>
    public IReadOnlyList<PlotPath> Paths { get; init; } = [];

    /// <summary>Points with their names beside them.</summary>
    public IReadOnlyList<PlotPoint> Named { get; init; } = [];

    /// <summary>Name of all named points in the legend.</summary>
    public string NamedAre { get; init; } = "";

    public double Height { get; init; } = 260;

    // Pixels between two names, and the share of the width within which names can meet.
    private const double LineHeight = 15, Reach = 0.5;

    public void Write(HtmlWriter html)
    {
        var all = Clouds.SelectMany(c => c.Points).Concat(Paths.SelectMany(p => p.Points)).Concat(Named.Select(n => (n.X, n.Y))).ToList();
        var x = ValueAxis.Around(all.Select(p => p.Item1), 0);
        var y = ValueAxis.Around(all.Select(p => p.Item2), 0);
        PlotFrame.Open(html, Title, Description, Height, "scatter",
            [.. Paths.Select(p => (p.Name, p.Style)), .. Clouds.Select(c => (c.Name, c.Style + " dot")),
                .. Named.Count > 0 ? [(NamedAre, "s2 dot")] : Array.Empty<(string, string)>()]);
        PlotFrame.Horizontals(html, y, Height, Format, 0);
        PlotFrame.ValueLabels(html, x, Height, Format);
        PlotFrame.UpTitle(html, Up);
        PlotFrame.AcrossTitle(html, Height, Across);
        PlotFrame.OpenShapes(html, Height);
        foreach (var path in Paths)
        {
            html.Write($"<path class=\"line {path.Style}\" d=\"");
            foreach (var (i, (px, py)) in path.Points.Index())
                html.Write($"{(i > 0 ? "L" : "M")}{x.Share(px) * PlotFrame.Width} {y.Y(py, Height)}");
            html.Raw("\"/>");
        }
        foreach (var cloud in Clouds)
        {
            if (cloud.Points.Count == 0) continue;
            html.Write($"<path class=\"points {cloud.Style}\" d=\"");
            foreach (var (px, py) in cloud.Points) html.Write($"M{x.Share(px) * PlotFrame.Width} {y.Y(py, Height)}h.1");
            html.Raw("\"/>");
        }
        html.Raw("</svg>");
        Names(html, x, y);
        html.Raw("</svg>");
        PlotFrame.Close(html);
    }

    // A name that would cover another one moves down or up, and a line leads to its point.
    private void Names(HtmlWriter html, ValueAxis x, ValueAxis y)
    {
        var placed = new List<(double Share, double Y)>();
        foreach (var point in Named.OrderBy(n => y.Y(n.Y, Height)).ThenBy(n => n.Name, StringComparer.Ordinal))
        {
            var (share, at) = (x.Share(point.X), y.Y(point.Y, Height));
            var free = Enumerable.Range(0, 2 * Named.Count).Select(k => at + (k % 2 == 0 ? -1 : 1) * ((k + 1) / 2) * LineHeight)
                .First(y1 => placed.TrueForAll(p => Math.Abs(p.Share - share) > Reach || Math.Abs(p.Y - y1) >= LineHeight - 1));
            placed.Add((share, free));
            var side = share > 0.5 ? -1 : 1;
            html.Write($"<svg class=\"named\" x=\"{share * 100}%\" overflow=\"visible\">");
            if (free != at) html.Write($"<line x1=\"0\" y1=\"{at}\" x2=\"{9 * side}\" y2=\"{free}\"/>");
            html.Write($"<circle cx=\"0\" cy=\"{at}\" r=\"4.5\"><title>{point.Name}</title></circle>");
            html.Write($"<text class=\"{(side < 0 ? "end" : "start")}\" x=\"{11 * side}\" y=\"{free + 4}\">{point.Name}</text></svg>");
        }
    }
}
