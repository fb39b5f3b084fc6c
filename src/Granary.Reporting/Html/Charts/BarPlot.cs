namespace Granary.Reporting.Html.Charts;

/// <summary>A bar from <paramref name="From"/> to <paramref name="To"/> on the horizontal.</summary>
/// <param name="Label">Text of its tooltip.</param>
internal readonly record struct PlotBar(double From, double To, double Height, string Style, string Label);

/// <summary>A vertical line with a name.</summary>
internal readonly record struct PlotMark(double At, string Label, string Style);

/// <summary>A bar chart over a range of values, such as a histogram.</summary>
internal sealed record BarPlot
{
    public required string Title { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<PlotBar> Bars { get; init; }

    public IReadOnlyList<PlotMark> Marks { get; init; } = [];

    public double Height { get; init; } = 220;

    public required Func<double, string> Format { get; init; }

    /// <summary>Quantity on the horizontal axis.</summary>
    public required string Across { get; init; }

    /// <summary>Quantity that is counted.</summary>
    public required string Up { get; init; }

    public void Write(HtmlWriter html)
    {
        if (Bars.Count == 0) return;
        var across = new ValueAxis(Bars[0].From, Bars[^1].To);
        if (!(across.High > across.Low)) across = new ValueAxis(across.Low - 0.5, across.Low + 0.5);
        // Reserves space for the labels of marks at the top.
        var up = new ValueAxis(0, Bars.Max(b => b.Height) * (Marks.Count > 0 ? 1.16 : 1.05));
        PlotFrame.Open(html, Title, Description, Height, "bars");
        PlotFrame.Horizontals(html, up, Height, NumberText.Compact, 0, 4);
        PlotFrame.ValueLabels(html, across, Height, Format);
        PlotFrame.UpTitle(html, Up);
        PlotFrame.AcrossTitle(html, Height, Across);
        html.Write($"<svg viewBox=\"0 0 {PlotFrame.Width} {Height}\" width=\"100%\" height=\"{Height}\" preserveAspectRatio=\"none\">");
        foreach (var bar in Bars)
        {
            if (bar.Height == 0) continue;
            var x = across.Share(bar.From) * PlotFrame.Width;
            var width = Math.Max(0.5, across.Share(bar.To) * PlotFrame.Width - x - 1.5);
            var y = up.Y(bar.Height, Height);
            html.Write($"<rect class=\"{bar.Style}\" x=\"{x + 0.7}\" y=\"{y}\" "
                + $"width=\"{width}\" height=\"{Height - y}\"><title>{bar.Label}</title></rect>");
        }
        html.Raw("</svg>");
        // A label extends over the marks further inside, whose lines begin below it, so the outermost labels come first.
        var marks = Marks.Select(m => (Mark: m, X: across.Share(m.At) * 100)).Where(m => m.X is >= 0 and <= 100)
            .OrderByDescending(m => Math.Abs(m.X - 50)).ToArray();
        html.Raw("<g aria-hidden=\"true\">");
        for (var i = 0; i < marks.Length; i++)
            html.Write($"<line class=\"mark {marks[i].Mark.Style}\" x1=\"{marks[i].X}%\" "
                + $"x2=\"{marks[i].X}%\" y1=\"{3 + 15 * i}\" y2=\"{Height}\"/>");
        // Labels are drawn last, so that no line crosses one, and on the side that has space.
        for (var i = 0; i < marks.Length; i++)
            html.Write($"<text class=\"mark {(marks[i].X > 50 ? "end" : "start")}\" "
                + $"x=\"{marks[i].X}%\" dx=\"{(marks[i].X > 50 ? -5 : 5)}\" y=\"{12 + 15 * i}\">{marks[i].Mark.Label}</text>");
        html.Raw("</g>");
        html.Raw("</svg>");
        PlotFrame.Close(html);
    }
}
