using System.Security.Cryptography;
using System.Text;

namespace Granary.Reporting.Html.Pages;

/// <summary>The frame of every page: one file that loads nothing, runs only its own script, and is complete without it.</summary>
internal static class ReportPage
{
    private static readonly string _style = Asset("report.css");
    private static readonly string _script = Asset("report.js") + Asset("explore.js");

    // The content security policy allows only the page's own script, whatever names the data contains.
    private static readonly string _scriptHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(_script)));

    /// <summary>Sections with a common heading.</summary>
    internal sealed record Group<TView>(string Title, IReadOnlyList<IReportSection<TView>> Sections);

    /// <param name="title">The title of the browser's window.</param>
    /// <param name="top">Content before the sections: heading, key figures, first chart.</param>
    /// <param name="footer">One sentence.</param>
    public static void Write<TView>(HtmlWriter html, string title, TView view, Action<HtmlWriter, TView> top,
        IReadOnlyList<Group<TView>> groups, string footer)
    {
        html.Write($"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\n");
        html.Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light "
            + "dark\"><meta name=\"generator\" content=\"Granary\">\n");
        html.Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
            + "script-src 'sha256-");
        html.Raw(_scriptHash);
        html.Raw("'\">\n<style>");
        html.Raw(_style);
        html.Raw("</style></head>\n<body><a class=\"skip\" href=\"#main\">Skip to the report</a>\n");
        // The symbols of price charts, defined once.
        html.Raw("<svg class=\"defs\" aria-hidden=\"true\"><defs><path id=\"m-buy\" class=\"m-buy\" d=\"M-5 9L0 1L5 9Z\"/><path "
            + "id=\"m-sell\" class=\"m-sell\" d=\"M-5-9L0-1L5-9Z\"/><circle id=\"m-exit\" class=\"m-exit\" r=\"3\"/></defs></svg>\n");
        var shown = groups.Select(g => g with { Sections = [.. g.Sections.Where(s => s.Applies(view))] }).Where(g => g.Sections.Count > 0)
            .ToArray();
        html.Raw("<nav class=\"contents\" aria-label=\"Sections\"><a class=\"brand\" href=\"#main\">Granary</a><ul>");
        foreach (var group in shown)
        {
            html.Write($"<li><span>{group.Title}</span><ul>");
            foreach (var section in group.Sections)
            {
                html.Write($"<li><a href=\"#{section.Id}\">");
                html.Name(section.Title);
                html.Raw("</a></li>");
            }
            html.Raw("</ul></li>");
        }
        html.Raw("</ul><button type=\"button\" id=\"theme\" hidden>Theme</button></nav>\n<main id=\"main\" tabindex=\"-1\">\n");
        top(html, view);
        foreach (var group in shown)
        {
            html.Write($"<h2 class=\"group\">{group.Title}</h2>\n");
            foreach (var section in group.Sections)
            {
                html.Write($"<section id=\"{section.Id}\" aria-labelledby=\"{section.Id}-h\"><h3 id=\"{section.Id}-h\">");
                html.Name(section.Title);
                html.Raw("</h3>\n");
                section.Write(html, view);
                html.Raw("</section>\n");
            }
        }
        html.Write($"</main>\n<footer>{footer}</footer>\n<script>");
        html.Raw(_script);
        html.Raw("</script></body></html>\n");
    }

    private static string Asset(string name)
    {
        using var stream = typeof(ReportPage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
