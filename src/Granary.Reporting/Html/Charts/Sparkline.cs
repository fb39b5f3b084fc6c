namespace Granary.Reporting.Html.Charts;

/// <summary>A word-sized line chart of a cumulative sum.</summary>
internal static class Sparkline
{
    private const double Width = 96, Height = 22;

    /// <param name="values">The values, not empty; the caller reduces them to a few dozen.</param>
    /// <param name="style">gain or loss.</param>
    public static void Write(HtmlWriter html, ReadOnlySpan<double> values, string style)
    {
        double low = 0, high = 0;
        foreach (var v in values)
        {
            low = Math.Min(low, v);
            high = Math.Max(high, v);
        }
        var span = high > low ? high - low : 1;
        html.Write($"<svg class=\"spark {style}\" viewBox=\"0 0 {Width} {Height}\" aria-hidden=\"true\"><path d=\"");
        for (var i = 0; i < values.Length; i++)
        {
            var x = values.Length > 1 ? Math.Round(Width * i / (values.Length - 1)) : Width;
            html.Write($"{(i == 0 ? "M" : "L")}{x} {1 + (Height - 2) * (high - values[i]) / span}");
        }
        html.Raw("\"/></svg>");
    }
}
