namespace Granary.Reporting.Html.Charts;

/// <summary>A line of a plot over a numeric axis.</summary>
/// <param name="Style">The class in the style sheet: s1 … s4.</param>
/// <param name="Values">One value per point of the horizontal axis; NaN leaves a gap.</param>
internal sealed record NumberLine(string Name, string Style, IReadOnlyList<double> Values);

/// <summary>A line chart over a numeric axis, such as the steps of a training.</summary>
internal sealed record LinePlot
{
    public required string Title { get; init; }

    public required string Description { get; init; }

    public required string Across { get; init; }

    public required string Up { get; init; }

    /// <summary>The values of the horizontal axis, ascending.</summary>
    public required IReadOnlyList<double> At { get; init; }

    public required IReadOnlyList<NumberLine> Lines { get; init; }

    public required Func<double, string> Format { get; init; }

    public double Height { get; init; } = 120;

    public void Write(HtmlWriter html)
    {
        var x = ValueAxis.Around(At);
        var y = ValueAxis.Around(Lines.SelectMany(l => l.Values), ticks: 3);
        PlotFrame.Open(html, Title, Description, Height, "", Lines.Count > 1 ? [.. Lines.Select(l => (l.Name, l.Style))] : null);
        PlotFrame.Horizontals(html, y, Height, Format, about: 3);
        PlotFrame.ValueLabels(html, x, Height, v => NumberText.Compact(Math.Round(v, 6)));
        PlotFrame.UpTitle(html, Up);
        PlotFrame.AcrossTitle(html, Height, Across);
        PlotFrame.OpenShapes(html, Height);
        foreach (var line in Lines)
        {
            html.Write($"<path class=\"line {line.Style}\" d=\"");
            var pen = false;
            for (var i = 0; i < line.Values.Count; i++)
            {
                if (!double.IsFinite(line.Values[i]))
                {
                    pen = false;
                    continue;
                }
                html.Write($"{(pen ? "L" : "M")}{x.Share(At[i]) * PlotFrame.Width} {y.Y(line.Values[i], Height)}");
                pen = true;
            }
            html.Raw("\"/>");
        }
        html.Raw("</svg></svg>");
        PlotFrame.Close(html);
    }
}
