namespace Granary.Reporting.Html.Charts;

/// <summary>A named set of points in a scatter plot.</summary>
/// <param name="Name">In the legend; empty for none.</param>
/// <param name="Style">The class in the style sheet; loss is drawn with squares, so it differs in shape too.</param>
internal sealed record PlotCloud(string Name, string Style, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A line over the points of a scatter plot.</summary>
/// <param name="Style">The class in the style sheet: s1 … s4, loss.</param>
internal sealed record PlotPath(string Name, string Style, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A shaded rectangle behind the points of a scatter plot.</summary>
/// <param name="Style">The tint: l4 … l1, g1 … g4; empty for none.</param>
/// <param name="Label">Text of its tooltip.</param>
internal sealed record PlotCell(double FromX, double ToX, double FromY, double ToY, string Style, string Label);

/// <summary>A point with its name beside it.</summary>
internal sealed record PlotPoint(string Name, double X, double Y);

/// <summary>
/// Points of two measures. All points of a cloud are one path of strokes of no length with visible caps, which keeps thousands of them
/// small.
/// </summary>
internal sealed record ScatterPlot
{
    public required string Title { get; init; }

    public required string Description { get; init; }

    public required PlotScale Across { get; init; }

    public required PlotScale Up { get; init; }

    public required IReadOnlyList<PlotCloud> Clouds { get; init; }

    public IReadOnlyList<PlotPath> Lines { get; init; } = [];

    public IReadOnlyList<PlotCell> Cells { get; init; } = [];

    /// <summary>Points with their names beside them.</summary>
    public IReadOnlyList<PlotPoint> Named { get; init; } = [];

    /// <summary>Name of all named points in the legend.</summary>
    public string NamedAre { get; init; } = "";

    public double Height { get; init; } = 260;

    // Pixels between two names, and the share of the width within which names can meet.
    private const double LineHeight = 15, Reach = 0.5;

    public void Write(HtmlWriter html)
    {
        PlotFrame.Open(html, Title, Description, Height, "scatter", [.. Clouds.Select(c => (c.Name, c.Style + " dot"))
            .Concat(Lines.Select(l => (l.Name, l.Style))).Append((NamedAre, "s2 dot")).Where(l => l.Item1.Length > 0)]);
        PlotFrame.Horizontals(html, Up, Height);
        PlotFrame.ScaleLabels(html, Across, Height);
        PlotFrame.UpTitle(html, Up.Title);
        PlotFrame.AcrossTitle(html, Height, Across.Title);
        PlotFrame.OpenShapes(html, Height);
        foreach (var cell in Cells) Cell(html, cell);
        foreach (var cloud in Clouds)
        {
            if (cloud.Points.Count == 0) continue;
            html.Write($"<path class=\"points {cloud.Style}\" d=\"");
            foreach (var (px, py) in cloud.Points) html.Write($"M{X(px)} {Up.Y(py, Height)}h.1");
            html.Raw("\"/>");
        }
        foreach (var line in Lines)
        {
            if (line.Points.Count == 0) continue;
            html.Write($"<path class=\"line {line.Style}\" d=\"");
            for (var i = 0; i < line.Points.Count; i++)
                html.Write($"{(i > 0 ? "L" : "M")}{X(line.Points[i].X)} {Up.Y(line.Points[i].Y, Height)}");
            html.Raw("\"/>");
        }
        html.Raw("</svg>");
        Names(html);
        html.Raw("</svg>");
        PlotFrame.Close(html);
    }

    private double X(double value) => Across.Share(value) * PlotFrame.Width;

    private void Cell(HtmlWriter html, PlotCell cell)
    {
        var (x1, x2, y1, y2) = (X(cell.FromX), X(cell.ToX), Up.Y(cell.FromY, Height), Up.Y(cell.ToY, Height));
        html.Write($"<rect class=\"cell {cell.Style}\" x=\"{Math.Min(x1, x2)}\" y=\"{Math.Min(y1, y2)}\" "
            + $"width=\"{Math.Abs(x2 - x1)}\" height=\"{Math.Abs(y2 - y1)}\"><title>{cell.Label}</title></rect>");
    }

    // A name that would cover another one moves down or up, and a line leads to its point.
    private void Names(HtmlWriter html)
    {
        var placed = new List<(double Share, double Y)>();
        foreach (var point in Named.OrderBy(n => Up.Y(n.Y, Height)).ThenBy(n => n.Name, StringComparer.Ordinal))
        {
            var (share, at) = (Across.Share(point.X), Up.Y(point.Y, Height));
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
