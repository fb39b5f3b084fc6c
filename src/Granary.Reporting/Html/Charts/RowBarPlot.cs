namespace Granary.Reporting.Html.Charts;

/// <summary>
/// Bars from the left, one below the other, with the name of each row above them, so long names fit on a narrow page.
/// </summary>
internal sealed record RowBarPlot
{
    private const double RowHeight = 40, NameHeight = 17, BarHeight = 8;

    public required string Title { get; init; }

    public required string Description { get; init; }

    /// <summary>Names and styles (b1, b2) of the series, at most two.</summary>
    public required IReadOnlyList<(string Name, string Style)> Series { get; init; }

    /// <summary>The rows, from top to bottom.</summary>
    public required IReadOnlyList<BarGroup> Rows { get; init; }

    public required Func<double, string> Format { get; init; }

    public void Write(HtmlWriter html)
    {
        if (Rows.Count == 0) return;
        var height = Rows.Count * RowHeight;
        var axis = ValueAxis.Around(Rows.SelectMany(r => r.Values), 0);
        PlotFrame.Open(html, Title, Description, height, "bars rows bare",
            Series.Count > 1 ? [.. Series.Select(s => (s.Name, s.Style + " block"))] : null);
        for (var i = 0; i < Rows.Count; i++)
        {
            var top = i * RowHeight;
            html.Write($"<text x=\"0\" y=\"{top + 12}\">{Rows[i].Name}</text>");
            html.Write($"<text class=\"end\" x=\"100%\" y=\"{top + 12}\">{string.Join(" · ", Rows[i].Values.Select(Format))}</text>");
        }
        html.Write($"<svg viewBox=\"0 0 {PlotFrame.Width} {height}\" width=\"100%\" height=\"{height}\" preserveAspectRatio=\"none\">");
        for (var i = 0; i < Rows.Count; i++)
            for (var k = 0; k < Series.Count; k++)
                if (double.IsFinite(Rows[i].Values[k]))
                    Bar(html, axis, i * RowHeight + NameHeight + k * (BarHeight + 1), Rows[i], k);
        html.Raw("</svg></svg>");
        PlotFrame.Close(html);
    }

    private void Bar(HtmlWriter html, in ValueAxis axis, double y, BarGroup row, int series)
    {
        var (zero, end) = (axis.Share(0) * PlotFrame.Width, axis.Share(row.Values[series]) * PlotFrame.Width);
        html.Write($"<rect class=\"{Series[series].Style}\" x=\"{Math.Min(zero, end)}\" y=\"{y}\" width=\"{Math.Abs(end - zero)}\" "
            + $"height=\"{BarHeight}\"><title>{row.Name}: {Series[series].Name} {Format(row.Values[series])}</title></rect>");
    }
}
