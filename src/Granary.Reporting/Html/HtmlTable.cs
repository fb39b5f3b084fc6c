using Granary.Engine.Analysis.Metrics;

namespace Granary.Reporting.Html;

/// <summary>A column of a table.</summary>
/// <param name="Number">Set to the right, with figures of one width, and sorted by value.</param>
/// <param name="Minor">Left out where the page is narrow.</param>
/// <param name="Hint">Meaning of the heading, shown in a tooltip.</param>
internal readonly record struct HtmlColumn(string Name, bool Number = true, bool Minor = false, string? Hint = null);

/// <summary>Writes accessible tables with captions and scoped headings, which scroll sideways on a narrow page.</summary>
internal static class HtmlTable
{
    private const int OneLine = 20, Sentence = 40;

    // Longer headings of number columns wrap, so that they do not widen the table.
    private const int LongHeading = 10;

    /// <param name="kind">CSS classes of the table.</param>
    /// <param name="sortable">Whether the page's script can sort the table by any column.</param>
    public static void Open(HtmlWriter html, string caption, ReadOnlySpan<HtmlColumn> columns, string kind = "", bool sortable = false)
    {
        var id = html.NextId("caption");
        html.Write($"<div class=\"scroll\" role=\"region\" aria-labelledby=\"{id}\" tabindex=\"0\"><table class=\"{kind}\"");
        if (sortable) html.Raw(" data-sortable=\"\"");
        html.Write($"><caption id=\"{id}\">{caption}</caption><thead><tr>");
        foreach (var column in columns)
        {
            var wraps = column.Name.Length > LongHeading && column.Name.Contains(' ');
            var kinds = (column.Number ? "n" : "t") + (wraps ? " long" : "") + (column.Minor ? " minor" : "");
            html.Write($"<th scope=\"col\" class=\"{kinds}\"");
            if (column.Hint is not null) html.Write($" title=\"{column.Hint}\"");
            html.Write($">{column.Name}</th>");
        }
        html.Raw("</tr></thead><tbody>\n");
    }

    public static void Close(HtmlWriter html) => html.Raw("</tbody></table></div>\n");

    public static void RowHead(HtmlWriter html, string text)
    {
        if (Width(text) is { Length: > 0 } width) html.Write($"<tr><th scope=\"row\" class=\"{width}\">");
        else html.Raw("<tr><th scope=\"row\">");
        // A time range breaks only between its dates.
        if (text.Contains(" to ", StringComparison.Ordinal)) html.Prose(text);
        else html.Name(text);
        html.Raw("</th>");
    }

    // A date, or a date and a time, stays on one line.
    private static bool IsDate(string? text) =>
        text is { Length: 10 or 16 } && text[4] == '-' && text[7] == '-' && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[9]);

    // Short texts stay on one line; a sentence gets the width that it needs.
    private static string Width(string? text) => IsDate(text) ? "date" : text?.Length switch
    {
        > 0 and <= OneLine => "short",
        > OneLine and <= Sentence => "phrase",
        > Sentence => "sentence",
        _ => "",
    };

    public static void EndRow(HtmlWriter html) => html.Raw("</tr>\n");

    public static void Text(HtmlWriter html, string? text, bool minor = false)
    {
        if (minor || IsDate(text)) html.Write($"<td class=\"{(minor ? "minor " : "")}{Width(text)}\">{text}</td>");
        else
        {
            if (Width(text) is { Length: > 0 } width) html.Write($"<td class=\"{width}\">");
            else html.Raw("<td>");
            html.Prose(text ?? "");
            html.Raw("</td>");
        }
    }

    /// <param name="style">As gain or loss.</param>
    public static void Number(HtmlWriter html, string text, string style = "", bool minor = false)
    {
        if (style.Length == 0 && !minor) html.Write($"<td class=\"n\">{text}</td>");
        else html.Write($"<td class=\"n {style}{(minor ? " minor" : "")}\">{text}</td>");
    }

    /// <summary>Writes a metric of an account. The script sorts one that is undefined because nothing was lost above all values.</summary>
    public static void Ratio(HtmlWriter html, MetricSet metrics, Metric metric, bool minor = false)
    {
        var (value, rank) = (metrics[metric], metrics.RankOf(metric));
        if (!double.IsNaN(value) || !rank.IsKnown) Number(html, NumberText.Ratio(value), minor: minor);
        else html.Write($"<td class=\"n{(minor ? " minor" : "")}\" data-above=\"\">{NumberText.Undefined}</td>");
    }

    public static void SignedPercent(HtmlWriter html, double fraction, int digits = 2, bool minor = false) =>
        Number(html, NumberText.SignedPercent(fraction, digits), NumberText.Sign(fraction), minor);

    /// <summary>Writes a difference of two percentages.</summary>
    public static void Points(HtmlWriter html, double fraction) =>
        Number(html, NumberText.Points(fraction), NumberText.Sign(fraction));

    public static void SignedMoney(HtmlWriter html, double value, bool minor = false) =>
        Number(html, NumberText.SignedMoney(value), NumberText.Sign(value, 0.005), minor);

    /// <summary>Writes a short list of names and values, with the formula of each as tooltip.</summary>
    public static void Pairs(HtmlWriter html, string caption, IEnumerable<(string Name, string Value, string Style, string? Hint)> pairs)
    {
        html.Write($"<table class=\"pairs\"><caption>{caption}</caption><tbody>");
        foreach (var (name, value, style, hint) in pairs)
        {
            html.Raw("<tr><th scope=\"row\"");
            if (hint is not null) html.Write($" title=\"{hint}\"");
            html.Write($">{name}</th><td class=\"n {style}\">{value}</td></tr>");
        }
        html.Raw("</tbody></table>\n");
    }

    /// <summary>Returns the background class of a cell on a scale from −1 to 1: four tints for losses, none at zero, four tints for
    /// gains.</summary>
    public static string Tint(double share)
    {
        if (!double.IsFinite(share)) return "";
        var level = (int)Math.Round(Math.Clamp(share, -1, 1) * 4);
        return level switch { 0 => "", > 0 => $"g{level}", _ => $"l{-level}" };
    }
}
