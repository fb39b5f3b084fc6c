namespace Granary.Reporting.Html.Charts;

/// <summary>A named group of bars, one bar for each series.</summary>
/// <param name="Values">One value per series; NaN for none.</param>
internal sealed record BarGroup(string Name, IReadOnlyList<double> Values);

/// <summary>A chart of grouped bars, such as the returns of each year.</summary>
internal sealed record GroupedBarPlot
{
    // The number of letters that fit beside each other on a wide and on a narrow page; each label needs two more for the gap.
    private const int MostLetters = 90, MostNarrow = 36, Gap = 2;

    // In units of 1/1000 of the width: limits the bar width of charts with few groups.
    private const double Widest = 60;

    public required string Title { get; init; }

    public required string Description { get; init; }

    /// <summary>Names and styles (b1, b2) of the series.</summary>
    public required IReadOnlyList<(string Name, string Style)> Series { get; init; }

    public required IReadOnlyList<BarGroup> Groups { get; init; }

    public required Func<double, string> Format { get; init; }

    public required string Up { get; init; }

    public required string Across { get; init; }

    public double Height { get; init; } = 190;

    public void Write(HtmlWriter html)
    {
        if (Groups.Count == 0) return;
        var axis = ValueAxis.Around(Groups.SelectMany(g => g.Values), 0);
        PlotFrame.Open(html, Title, Description, Height, "bars grouped",
            Series.Count > 1 ? [.. Series.Select(s => (s.Name, s.Style + " block"))] : null);
        PlotFrame.Horizontals(html, axis, Height, Format, 0);
        PlotFrame.UpTitle(html, Up);
        PlotFrame.AcrossTitle(html, Height, Across);
        var (every, narrow) = (Every(MostLetters), Every(MostNarrow));
        // The labels on a narrow page are a subset of those on a wide one.
        narrow = (narrow + every - 1) / every * every;
        html.Raw("<g class=\"ticks\" aria-hidden=\"true\">");
        for (var i = 0; i < Groups.Count; i += every)
        {
            // The first and last label are aligned with their group, so that they do not extend into the next one.
            var middle = 100 * (i + 0.5) / Groups.Count;
            var (side, at) = middle < 6 ? ("start", 100.0 * i / Groups.Count)
                : middle > 94 ? ("end", 100.0 * (i + 1) / Groups.Count) : ("", middle);
            html.Write($"<g class=\"{side}{(i % narrow == 0 ? "" : " extra")}\">"
                + $"<text x=\"{at}%\" y=\"{Height + 18}\">{Groups[i].Name}</text></g>");
        }
        html.Raw("</g>");
        html.Write($"<svg viewBox=\"0 0 {PlotFrame.Width} {Height}\" width=\"100%\" height=\"{Height}\" preserveAspectRatio=\"none\">");
        var wide = PlotFrame.Width / Groups.Count;
        var bar = Math.Min(Widest, wide * 0.72 / Series.Count);
        var edge = (wide - bar * Series.Count) / 2;
        for (var i = 0; i < Groups.Count; i++)
            for (var k = 0; k < Series.Count; k++)
                if (double.IsFinite(Groups[i].Values[k]))
                    Bar(html, axis, i * wide + edge + k * bar, bar, Groups[i], k);
        html.Raw("</svg></svg>");
        PlotFrame.Close(html);
    }

    private int Every(int letters)
    {
        var most = Math.Max(1, letters / (Groups.Max(g => g.Name.Length) + Gap));
        return (Groups.Count + most - 1) / most;
    }

    private void Bar(HtmlWriter html, in ValueAxis axis, double x, double width, BarGroup group, int series)
    {
        var (zero, top) = (axis.Y(0, Height), axis.Y(group.Values[series], Height));
        html.Write($"<rect class=\"{Series[series].Style}{(group.Values[series] < 0 ? " below" : "")}\" x=\"{x}\" "
            + $"y=\"{Math.Min(zero, top)}\" width=\"{width * 0.94}\" height=\"{Math.Abs(zero - top)}\">");
        html.Write($"<title>{group.Name}: {Series[series].Name} {Format(group.Values[series])}</title></rect>");
    }
}
